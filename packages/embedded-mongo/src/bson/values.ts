/**
 * The in-memory form of BSON values. Every BSON type has its own form, so that nothing is promoted by accident:
 * a double is a JS number, an int64 is a bigint, an int32 is an {@link Int32}. `undefined` (JS) means "no such field".
 * A document is a Map because JS objects move integer-like keys to the front.
 */
import type { Decimal } from './decimal.ts'

export class Int32 {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}
export class ObjectId {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  toHex(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, 12).toString('hex')
  }
}
/** Milliseconds since 1970, any int64. */
export class DateTime {
  readonly ms: bigint
  constructor(ms: bigint | number) {
    this.ms = typeof ms === 'bigint' ? ms : BigInt(Math.trunc(ms))
  }
}
export class Binary {
  readonly subtype: number
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array, subtype = 0) {
    this.bytes = bytes
    this.subtype = subtype
  }
}
export class Regex {
  readonly pattern: string
  readonly flags: string
  constructor(pattern: string, flags: string) {
    this.pattern = pattern
    this.flags = flags
  }
}
/** `t`: seconds, `i`: counter within the second; both unsigned 32 bit. */
export class Timestamp {
  readonly t: number
  readonly i: number
  constructor(t: number, i: number) {
    this.t = t
    this.i = i
  }
}
export class Code {
  readonly code: string
  readonly scope: Doc | undefined
  constructor(code: string, scope?: Doc) {
    this.code = code
    this.scope = scope
  }
}
export class DbPointer {
  readonly ns: string
  readonly id: ObjectId
  constructor(ns: string, id: ObjectId) {
    this.ns = ns
    this.id = id
  }
}
export class BsonSymbol {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
}
/** BSON's deprecated `undefined`, which is not the same as a missing field. */
export class Undefined {
  readonly kind = 'undefined'
}
export class MinKey {
  readonly kind = 'minKey'
}
export class MaxKey {
  readonly kind = 'maxKey'
}
/** An encoded document that goes into a reply undecoded. */
export class Raw {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

export const UNDEFINED = new Undefined()
export const MIN_KEY = new MinKey()
export const MAX_KEY = new MaxKey()

export type Doc = Map<string, Value>
export type Numeric = number | bigint | Int32 | Decimal
export type Value =
  | null
  | boolean
  | string
  | Numeric
  | Doc
  | Value[]
  | ObjectId
  | DateTime
  | Binary
  | Regex
  | Timestamp
  | Code
  | DbPointer
  | BsonSymbol
  | Undefined
  | MinKey
  | MaxKey
  | Raw

export function int(value: number): Int32 {
  return new Int32(value)
}

/** A document from an object literal; fields with the value `undefined` are left out. */
export function doc(fields: Record<string, Value | undefined> = {}): Doc {
  const out: Doc = new Map()
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) out.set(key, value)
  return out
}

export function isDoc(value: Value | undefined): value is Doc {
  return value instanceof Map
}

/** A copy that shares only immutable leaves. */
export function clone<T extends Value>(value: T): T {
  if (value instanceof Map) {
    const out: Doc = new Map()
    for (const [k, v] of value as Doc) out.set(k, clone(v))
    return out as T
  }
  if (Array.isArray(value)) return value.map((v) => clone(v)) as T
  return value
}
