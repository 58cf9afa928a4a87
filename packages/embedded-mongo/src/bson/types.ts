import { canonicalType } from './compare.ts'
import { Decimal } from './decimal.ts'
import { typeByte } from './encode.ts'
import { Int32, type Value } from './values.ts'

/** BSON type numbers and their aliases, as `$type` takes them. */
export const TYPE_ALIASES: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
}
const ALIAS_OF = new Map(Object.entries(TYPE_ALIASES).map(([alias, code]) => [code, alias]))

export function typeCode(value: Value): number {
  const byte = typeByte(value)
  return byte === 0xff ? -1 : byte
}

/** The alias, with `missing` for no value. */
export function typeName(value: Value | undefined): string {
  return value === undefined ? 'missing' : ALIAS_OF.get(typeCode(value))!
}

export function isNullish(value: Value | undefined): boolean {
  return value === undefined || (canonicalType(value) <= 5 && canonicalType(value) >= 3)
}

/** A whole number as a JS number, from any numeric type without a fraction; otherwise undefined. */
export function asInteger(value: Value | undefined): number | undefined {
  if (value instanceof Int32) return value.value
  if (typeof value === 'number') return Number.isInteger(value) ? value : undefined
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Decimal) {
    const n = Number(value.toString())
    return Number.isInteger(n) ? n : undefined
  }
  return undefined
}

/** MongoDB's truth of a value: false, null, undefined, missing and every zero are false. */
export function truthy(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false) return false
  if (canonicalType(value) === 3) return false
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'bigint') return value !== 0n
  if (value instanceof Int32) return value.value !== 0
  if (value instanceof Decimal) return value.kind !== 'finite' || value.coeff !== 0n
  return true
}
