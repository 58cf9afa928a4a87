import { Decimal } from '../bson/decimal.ts'
import { Binary, DateTime, Int32, ObjectId, Regex, Timestamp, type Value } from '../bson/values.ts'

/** A value as MongoDB prints it in messages: `{ a: 1, b: "x", c: ObjectId('...') }`. */
export function shellText(value: Value | undefined): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') return Number.isInteger(value) ? value.toFixed(1) : String(value)
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof Int32) return String(value.value)
  if (value instanceof Decimal) return `NumberDecimal('${value.toString()}')`
  if (value instanceof Map) {
    if (value.size === 0) return '{}'
    return `{ ${[...value].map(([k, v]) => `${k}: ${shellText(v)}`).join(', ')} }`
  }
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(shellText).join(', ')} ]`
  if (value instanceof ObjectId) return `ObjectId('${value.toHex()}')`
  if (value instanceof DateTime) return `new Date(${value.ms})`
  if (value instanceof Regex) return `/${value.pattern}/${value.flags}`
  if (value instanceof Timestamp) return `Timestamp(${value.t}, ${value.i})`
  if (value instanceof Binary)
    return `BinData(${value.subtype}, ${Buffer.from(value.bytes).toString('hex').toUpperCase()})`
  return value.constructor.name
}
