/** Accumulators used as expressions: over the elements of one array argument, or over several arguments. */

import { compare } from '../../bson/compare.ts'
import { asInteger } from '../../bson/types.ts'
import type { Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { simpleAccumulator } from '../accumulators.ts'
import { type ExpressionOperator, namedArguments, operands } from '../operator.ts'

const over: ExpressionOperator = (operand, compiler, name) => {
  const runs = operands(operand).map((v) => compiler.compile(v))
  return (env) => {
    const accumulator = simpleAccumulator(name, compiler.ctx)
    const values = runs.map((run) => run(env))
    const list = values.length === 1 && Array.isArray(values[0]) ? values[0] : values
    for (const v of list) accumulator.add(v, env)
    return accumulator.result()
  }
}

function extremes(sign: number): ExpressionOperator {
  return (operand, compiler, name) => {
    const named = namedArguments(name, operand, ['n', 'input'])
    const n = compiler.compile(named.get('n')!)
    const input = compiler.compile(named.get('input')!)
    return (env) => {
      const v = input(env)
      const count = asInteger(n(env))
      if (count === undefined || count < 1) throw new MongoError(5787908, "'n' must be greater than 0")
      if (!Array.isArray(v)) throw new MongoError(5788200, `Input to ${name} must be an array`)
      const present = v.filter((x: Value) => x !== null)
      return present.sort((a, b) => sign * compare(a, b, compiler.ctx.strings)).slice(0, count)
    }
  }
}

export const accumulatorExpressions: Record<string, ExpressionOperator> = {
  $sum: over,
  $avg: over,
  $min: over,
  $max: over,
  $stdDevPop: over,
  $stdDevSamp: over,
  $minN: extremes(1),
  $maxN: extremes(-1),
}
