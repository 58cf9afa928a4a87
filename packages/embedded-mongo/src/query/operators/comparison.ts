import { canonicalType, compare, isNumeric } from '../../bson/compare.ts'
import { keyText } from '../../bson/key.ts'
import { toNumber } from '../../bson/numbers.ts'
import { Regex, Undefined, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import type { QueryContext } from '../context.ts'
import type { Leaf } from '../filter.ts'
import type { OperatorParser } from '../parse.ts'
import { regexTest } from './regex.ts'

type Made = Pick<Leaf, 'test' | 'expand'>

export function equals(operand: Value, ctx: QueryContext, _path: string): Made {
  if (operand instanceof Undefined) throw new MongoError('BadValue', 'cannot compare to undefined')
  const type = canonicalType(operand)
  return {
    expand: true,
    test: (v) => canonicalType(v) === type && compare(v, operand, ctx.strings) === 0,
  }
}

function notANumber(value: Value | undefined): boolean {
  return isNumeric(value) && Number.isNaN(toNumber(value))
}

/** An ordering comparison stays within the operand's type, except against MinKey and MaxKey. */
function ordered(accept: (sign: number) => boolean, inclusive: boolean): OperatorParser {
  return (operand, ctx, path) => {
    if (operand instanceof Regex)
      throw new MongoError('BadValue', `Can't have RegEx as arg to predicate over field '${path}'.`)
    if (operand instanceof Undefined) throw new MongoError('BadValue', 'cannot compare to undefined')
    const type = canonicalType(operand)
    const bracketed = type !== 1 && type !== 127
    const nan = notANumber(operand)
    return {
      expand: true,
      test: (v) => {
        if (bracketed ? canonicalType(v) !== type : v === undefined) return false
        if (nan || notANumber(v)) return inclusive && nan && notANumber(v)
        return accept(compare(v, operand, ctx.strings))
      },
    }
  }
}

export function inList(operand: Value, ctx: QueryContext, path: string, op = '$in'): Made {
  if (!Array.isArray(operand)) throw new MongoError('BadValue', `${op} needs an array`)
  const regexes: Made[] = []
  const others: Made[] = []
  const keys = new Set<string>()
  for (const value of operand) {
    if (value instanceof Regex) regexes.push(regexTest(value))
    else {
      const made = equals(value, ctx, path)
      // Without a collation equal values have equal keys: one lookup instead of one comparison per value.
      if (ctx.collation) others.push(made)
      else keys.add(keyText(value))
    }
  }
  return {
    expand: true,
    test: (v) =>
      (keys.size > 0 && keys.has(keyText(v))) ||
      others.some((m) => m.test(v)) ||
      regexes.some((m) => m.test(v)),
  }
}

export const comparisonOperators: Record<string, OperatorParser> = {
  $eq: (operand, ctx, path) => {
    return equals(operand, ctx, path)
  },
  $gt: ordered((s) => s > 0, false),
  $gte: ordered((s) => s >= 0, true),
  $lt: ordered((s) => s < 0, false),
  $lte: ordered((s) => s <= 0, true),
  $in: (operand, ctx, path) => {
    if (
      Array.isArray(operand) &&
      operand.some(
        (v) =>
          v instanceof Map &&
          [...v.keys()][0]?.startsWith('$') &&
          !['$ref', '$id', '$db'].includes([...v.keys()][0]!),
      )
    ) {
      throw new MongoError('BadValue', 'cannot nest $ under $in')
    }
    return inList(operand, ctx, path)
  },
}
