import { compare } from '../../bson/compare.ts'
import { truthy } from '../../bson/types.ts'
import { int, UNDEFINED, type Value } from '../../bson/values.ts'
import { type ExpressionOperator, operands, operator } from '../operator.ts'

/** In expressions a missing value is below null, unlike in queries. */
function order(
  a: Value | undefined,
  b: Value | undefined,
  strings: (a: string, b: string) => number,
): number {
  return compare(a === undefined ? UNDEFINED : a, b === undefined ? UNDEFINED : b, strings)
}

function comparison(accept: (sign: number) => boolean): ExpressionOperator {
  return operator(2, 2, ([a, b], { ctx }) => accept(order(a, b, ctx.strings)))
}

export const comparisonExpressions: Record<string, ExpressionOperator> = {
  $eq: comparison((s) => s === 0),
  $ne: comparison((s) => s !== 0),
  $gt: comparison((s) => s > 0),
  $gte: comparison((s) => s >= 0),
  $lt: comparison((s) => s < 0),
  $lte: comparison((s) => s <= 0),
  $cmp: operator(2, 2, ([a, b], { ctx }) => int(Math.sign(order(a, b, ctx.strings)))),
  $and: (operand, compiler) => {
    const runs = operands(operand).map((v) => compiler.compile(v))
    return (env) => runs.every((run) => truthy(run(env)))
  },
  $or: (operand, compiler) => {
    const runs = operands(operand).map((v) => compiler.compile(v))
    return (env) => runs.some((run) => truthy(run(env)))
  },
  $not: operator(1, 1, ([v]) => !truthy(v)),
}
