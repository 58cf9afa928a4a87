/** Our values as the official driver writes them, type for type; what it cannot write is refused. */
import {
  BSONRegExp,
  BSONSymbol,
  Decimal128,
  Double,
  Binary as DriverBinary,
  Code as DriverCode,
  Int32 as DriverInt32,
  MaxKey as DriverMaxKey,
  MinKey as DriverMinKey,
  ObjectId as DriverObjectId,
  Timestamp as DriverTimestamp,
  Long,
} from 'mongodb'
import { Decimal } from '../bson/decimal.ts'
import {
  Binary,
  BsonSymbol,
  Code,
  DateTime,
  Int32,
  isDoc,
  MaxKey,
  MinKey,
  ObjectId,
  Regex,
  Timestamp,
  type Value,
} from '../bson/values.ts'
import { ToolError } from './tool-error.ts'

const MAX_DATE_MS = 8_640_000_000_000_000n

/** Documents become Maps: objects would move integer-like keys to the front. */
export function toDriver(value: Value): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return new Double(value)
  if (typeof value === 'bigint') return Long.fromBigInt(value)
  if (isDoc(value)) return new Map([...value].map(([key, v]) => [key, toDriver(v)]))
  if (Array.isArray(value)) return value.map(toDriver)
  if (value instanceof Int32) return new DriverInt32(value.value)
  if (value instanceof Decimal) return Decimal128.fromString(value.toString())
  if (value instanceof ObjectId) return new DriverObjectId(value.bytes)
  if (value instanceof Binary) return new DriverBinary(value.bytes, value.subtype)
  if (value instanceof Regex) return new BSONRegExp(value.pattern, value.flags)
  if (value instanceof Timestamp) return new DriverTimestamp({ t: value.t, i: value.i })
  if (value instanceof BsonSymbol) return new BSONSymbol(value.value)
  if (value instanceof MinKey) return new DriverMinKey()
  if (value instanceof MaxKey) return new DriverMaxKey()
  if (value instanceof Code)
    return new DriverCode(value.code, value.scope && (toDriver(value.scope) as Map<string, unknown>))
  if (value instanceof DateTime && value.ms <= MAX_DATE_MS && value.ms >= -MAX_DATE_MS)
    return new Date(Number(value.ms))
  throw new ToolError(`a value of the type ${value.constructor.name} cannot be restored through the driver`)
}
