/**
 * MongoDB's order over all BSON values ("Comparison/Sort Order" in its manual): first by canonical type, then by value.
 * All numeric types compare by exact mathematical value; strings compare by UTF-8 bytes unless a collator is given.
 */
import { compareScaled, Decimal, exactDouble } from './decimal.ts'
import {
  Binary,
  BsonSymbol,
  Code,
  DateTime,
  DbPointer,
  type Doc,
  Int32,
  MinKey,
  type Numeric,
  ObjectId,
  Raw,
  Regex,
  Timestamp,
  Undefined,
  type Value,
} from './values.ts'

export type StringOrder = (a: string, b: string) => number

/** Where a type stands in the order; all numbers share one place. A missing value sorts as null. */
export function canonicalType(value: Value | undefined): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return 10
    case 'string':
      return 15
    case 'boolean':
      return 40
    case 'undefined':
      return 5
  }
  if (value === null) return 5
  if (value instanceof Int32 || value instanceof Decimal) return 10
  if (value instanceof Map || value instanceof Raw) return 20
  if (Array.isArray(value)) return 25
  if (value instanceof ObjectId) return 35
  if (value instanceof DateTime) return 45
  if (value instanceof BsonSymbol) return 15
  if (value instanceof Binary) return 30
  if (value instanceof Timestamp) return 47
  if (value instanceof Regex) return 50
  if (value instanceof DbPointer) return 55
  if (value instanceof Code) return value.scope ? 65 : 60
  if (value instanceof Undefined) return 3
  return value instanceof MinKey ? 1 : 127
}

export function isNumeric(value: Value | undefined): value is Numeric {
  return (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    value instanceof Int32 ||
    value instanceof Decimal
  )
}

/** Orders strings by code point, which is the order of their UTF-8 bytes (JS orders by UTF-16 unit). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xs = x >= 0xd800 && x <= 0xdfff
    const ys = y >= 0xd800 && y <= 0xdfff
    if (xs !== ys) return xs ? (y >= 0xe000 ? 1 : x - y) : x >= 0xe000 ? -1 : x - y
    return x - y
  }
  return a.length - b.length
}

function order(a: number | bigint, b: number | bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function plain(value: Numeric): number | bigint | Decimal {
  return value instanceof Int32 ? value.value : value
}

/** NaN equals NaN and is below every other number. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const x = plain(a)
  const y = plain(b)
  if (typeof x === 'number' && typeof y === 'number') {
    if (x < y) return -1
    if (x > y) return 1
    if (x === y) return 0
    return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : -1) : 1
  }
  const xNan = isNaNumber(x)
  const yNan = isNaNumber(y)
  if (xNan || yNan) return xNan === yNan ? 0 : xNan ? -1 : 1
  // JS compares bigint with number by exact value.
  if (!(x instanceof Decimal) && !(y instanceof Decimal)) return order(x, y)
  const xInf = infinity(x)
  const yInf = infinity(y)
  if (xInf !== 0 || yInf !== 0) return order(xInf, yInf)
  const p = scaled(x)
  const q = scaled(y)
  return compareScaled(p.signed, p.exp, q.signed, q.exp)
}

function isNaNumber(x: number | bigint | Decimal): boolean {
  return x instanceof Decimal ? x.kind === 'nan' : Number.isNaN(x)
}

function infinity(x: number | bigint | Decimal): number {
  if (x instanceof Decimal) return x.kind === 'inf' ? (x.neg ? -1 : 1) : 0
  return x === Infinity ? 1 : x === -Infinity ? -1 : 0
}

/** Exact coefficient and power of ten of a finite number. */
export function scaled(x: number | bigint | Decimal): { signed: bigint; exp: number } {
  if (typeof x === 'bigint') return { signed: x, exp: 0 }
  if (typeof x === 'number') return Number.isInteger(x) ? { signed: BigInt(x), exp: 0 } : exactDouble(x)
  return { signed: x.signed, exp: x.exp }
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

export function compareDocs(a: Doc, b: Doc, strings: StringOrder = compareStrings): number {
  const x = a.entries()
  const y = b.entries()
  for (;;) {
    const p = x.next()
    const q = y.next()
    if (p.done || q.done) return p.done ? (q.done ? 0 : -1) : 1
    const [pk, pv] = p.value
    const [qk, qv] = q.value
    const types = canonicalType(pv) - canonicalType(qv)
    if (types !== 0) return types
    const keys = compareStrings(pk, qk)
    if (keys !== 0) return keys
    const values = compare(pv, qv, strings)
    if (values !== 0) return values
  }
}

function compareArrays(a: Value[], b: Value[], strings: StringOrder): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const c = compare(a[i], b[i], strings)
    if (c !== 0) return c
  }
  return a.length - b.length
}

/** Total order; missing (undefined) equals null. */
export function compare(
  a: Value | undefined,
  b: Value | undefined,
  strings: StringOrder = compareStrings,
): number {
  if (typeof a === 'string' && typeof b === 'string') return strings(a, b)
  const x = canonicalType(a)
  const y = canonicalType(b)
  if (x !== y) return x - y
  switch (x) {
    case 10:
      return compareNumbers(a as Numeric, b as Numeric)
    case 15:
      return strings(text(a as string | BsonSymbol), text(b as string | BsonSymbol))
    case 20:
      return compareDocs(a as Doc, b as Doc, strings)
    case 25:
      return compareArrays(a as Value[], b as Value[], strings)
    case 30: {
      const [p, q] = [a as Binary, b as Binary]
      return p.bytes.length - q.bytes.length || p.subtype - q.subtype || compareBytes(p.bytes, q.bytes)
    }
    case 35:
      return compareBytes((a as ObjectId).bytes, (b as ObjectId).bytes)
    case 40:
      return Number(a) - Number(b)
    case 45:
      return order((a as DateTime).ms, (b as DateTime).ms)
    case 47: {
      const [p, q] = [a as Timestamp, b as Timestamp]
      return p.t - q.t || p.i - q.i
    }
    case 50: {
      const [p, q] = [a as Regex, b as Regex]
      return compareStrings(p.pattern, q.pattern) || compareStrings(p.flags, q.flags)
    }
    case 55: {
      const [p, q] = [a as DbPointer, b as DbPointer]
      return p.ns.length - q.ns.length || compareStrings(p.ns, q.ns) || compareBytes(p.id.bytes, q.id.bytes)
    }
    case 60:
    case 65: {
      const [p, q] = [a as Code, b as Code]
      return compareStrings(p.code, q.code) || (p.scope && q.scope ? compareDocs(p.scope, q.scope) : 0)
    }
    default:
      return 0
  }
}

function text(value: string | BsonSymbol): string {
  return typeof value === 'string' ? value : value.value
}

export function equal(a: Value | undefined, b: Value | undefined, strings?: StringOrder): boolean {
  return compare(a, b, strings) === 0
}

/** Same type and same bytes: what decides whether an update changed anything. */
export function identical(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Map && b instanceof Map) {
    if (a.size !== b.size) return false
    const other = b.entries()
    for (const [k, v] of a) {
      const [key, w] = other.next().value!
      if (k !== key || !identical(v, w)) return false
    }
    return true
  }
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((v, i) => identical(v, b[i]))
  if (typeof a === 'number' && typeof b === 'number') return Object.is(a, b)
  if (typeof a !== typeof b || a?.constructor !== b?.constructor) return false
  if (a instanceof Decimal && b instanceof Decimal) return a.toString() === b.toString()
  return compare(a, b) === 0
}
