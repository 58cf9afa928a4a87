import { keyText } from '../../bson/key.ts'
import { isNullish, typeName } from '../../bson/types.ts'
import type { Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type ExpressionOperator, operator } from '../operator.ts'

function keyOf(value: Value): string {
  return keyText(value)
}

function distinct(values: readonly Value[]): Map<string, Value> {
  const out = new Map<string, Value>()
  for (const v of values) {
    const key = keyOf(v)
    if (!out.has(key)) out.set(key, v)
  }
  return out
}

function list(name: string, code: number, value: Value | undefined): Value[] {
  if (!Array.isArray(value))
    throw new MongoError(
      code,
      `All operands of ${name} must be arrays. One argument is of type: ${typeName(value)}`,
    )
  return value
}

function sorted(values: Map<string, Value>): Value[] {
  return [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, v]) => v)
}

export const setExpressions: Record<string, ExpressionOperator> = {
  $setUnion: operator(0, Infinity, (args) => {
    if (args.some((v) => isNullish(v))) return null
    return sorted(distinct(args.flatMap((v) => list('$setUnion', 17043, v))))
  }),
  $setIntersection: operator(0, Infinity, (args) => {
    if (args.some((v) => isNullish(v))) return null
    const [first, ...rest] = args.map((v) => distinct(list('$setIntersection', 17047, v)))
    if (!first) return []
    return sorted(new Map([...first].filter(([key]) => rest.every((other) => other.has(key)))))
  }),
  $setDifference: operator(2, 2, ([a, b]) => {
    if (isNullish(a) || isNullish(b)) return null
    const other = distinct(list('$setDifference', 17049, b))
    return [...distinct(list('$setDifference', 17048, a))]
      .filter(([key]) => !other.has(key))
      .map(([, v]) => v)
  }),
  $setEquals: operator(2, Infinity, (args) => {
    const [first, ...rest] = args.map((v) => distinct(list('$setEquals', 17044, v)))
    return rest.every((s) => s.size === first!.size && [...s.keys()].every((key) => first!.has(key)))
  }),
  $setIsSubset: operator(2, 2, ([a, b]) => {
    const other = distinct(list('$setIsSubset', 17042, b))
    return [...distinct(list('$setIsSubset', 17046, a)).keys()].every((key) => other.has(key))
  }),
}
