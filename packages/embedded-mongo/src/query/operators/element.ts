import { isNumeric } from '../../bson/compare.ts'
import { toNumber, truncate } from '../../bson/numbers.ts'
import { asInteger, TYPE_ALIASES, typeCode } from '../../bson/types.ts'
import type { Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import type { OperatorParser } from '../parse.ts'

const KNOWN_CODES = new Set(Object.values(TYPE_ALIASES))
const NUMBER_CODES = [1, 16, 18, 19]

/** The type numbers that one operand of `$type` (or `bsonType`) names. */
export function typeCodes(operand: Value): number[] {
  if (typeof operand === 'string') {
    if (operand === 'number') return NUMBER_CODES
    const code = Object.hasOwn(TYPE_ALIASES, operand) ? TYPE_ALIASES[operand] : undefined
    if (code === undefined) throw new MongoError('BadValue', `Unknown type name alias: ${operand}`)
    return [code]
  }
  const code = asInteger(operand)
  if (code === undefined)
    throw new MongoError('TypeMismatch', 'type must be represented as a number or a string')
  if (code === 0 || !KNOWN_CODES.has(code))
    throw new MongoError('BadValue', `Invalid numerical type code: ${code}`)
  return [code]
}

const type: OperatorParser = (operand) => {
  const list = Array.isArray(operand) ? operand : [operand]
  if (list.length === 0) throw new MongoError('FailedToParse', '$type must match at least one type')
  const wanted = new Set(list.flatMap(typeCodes))
  return { expand: true, test: (v) => v !== undefined && wanted.has(typeCode(v)) }
}

const mod: OperatorParser = (operand) => {
  if (!Array.isArray(operand)) throw new MongoError('BadValue', 'malformed mod, needs to be an array')
  if (operand.length < 2) throw new MongoError('BadValue', 'malformed mod, not enough elements')
  if (operand.length > 2) throw new MongoError('BadValue', 'malformed mod, too many elements')
  const [divisor, remainder] = operand.map((v) => {
    const n = isNumeric(v) ? truncate(v) : undefined
    if (n === undefined)
      throw new MongoError('BadValue', 'malformed mod, divisor and remainder must be finite numbers')
    return n
  }) as [bigint, bigint]
  if (divisor === 0n) throw new MongoError('BadValue', 'divisor cannot be 0')
  return {
    expand: true,
    test: (v) => {
      if (!isNumeric(v) || Number.isNaN(toNumber(v))) return false
      const n = truncate(v)
      return n !== undefined && n % divisor === remainder
    },
  }
}

export const elementOperators: Record<string, OperatorParser> = { $type: type, $mod: mod }
