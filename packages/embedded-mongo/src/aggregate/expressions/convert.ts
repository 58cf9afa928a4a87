import { isNumeric } from '../../bson/compare.ts'
import { Decimal, parseDecimal } from '../../bson/decimal.ts'
import { encode } from '../../bson/encode.ts'
import { fitsInt64, toDecimal, toNumber, truncate } from '../../bson/numbers.ts'
import { isNullish, truthy, typeName } from '../../bson/types.ts'
import { Binary, DateTime, Int32, int, isDoc, ObjectId, Timestamp, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { typeCodes } from '../../query/operators/element.ts'
import { type ExpressionOperator, namedArguments, operator } from '../operator.ts'
import { parseIsoDate } from './date-text.ts'

/** A number as MongoDB writes it into text. */
export function numberText(value: Value): string {
  if (value instanceof Int32) return String(value.value)
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'NaN'
    if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
    return Object.is(value, -0) ? '-0' : String(value)
  }
  return String(value)
}

function failure(value: Value, to: string, why = ''): MongoError {
  return new MongoError(
    'ConversionFailure',
    why || `Unsupported conversion from ${typeName(value)} to ${to} in $convert with no onError value`,
  )
}

function parseFailure(value: Value, what: string): MongoError {
  return failure(value, what, `Failed to parse ${what} '${String(value)}' in $convert with no onError value`)
}

function wholeFrom(value: Value, to: 'int' | 'long'): bigint {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (value instanceof DateTime && to === 'long') return value.ms
  if (typeof value === 'string') {
    if (!/^[+-]?\d+$/.test(value)) throw parseFailure(value, 'number')
    return BigInt(value)
  }
  if (!isNumeric(value)) throw failure(value, to)
  const n = truncate(value)
  if (n === undefined)
    throw failure(
      value,
      to,
      `Attempt to convert ${Number.isNaN(toNumber(value)) ? 'NaN' : 'infinity'} value to integer type in $convert with no onError value`,
    )
  return n
}

function overflow(value: Value): MongoError {
  return failure(
    value,
    '',
    `Conversion would overflow target type in $convert with no onError value: ${numberText(value)}`,
  )
}

const converters: Record<number, (value: Value) => Value> = {
  1: (v) => {
    if (typeof v === 'boolean') return v ? 1 : 0
    if (v instanceof DateTime) return Number(v.ms)
    if (typeof v === 'string') {
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?inf(inity)?$|^nan$/i.test(v))
        throw parseFailure(v, 'number')
      return /inf/i.test(v) ? (v.startsWith('-') ? -Infinity : Infinity) : Number(v)
    }
    if (!isNumeric(v)) throw failure(v, 'double')
    const n = toNumber(v)
    if (v instanceof Decimal && v.kind === 'finite' && !Number.isFinite(n)) throw overflow(v)
    return n
  },
  2: (v) => {
    if (typeof v === 'string') return v
    if (typeof v === 'boolean') return v ? 'true' : 'false'
    if (isNumeric(v)) return numberText(v)
    if (v instanceof ObjectId) return v.toHex()
    if (v instanceof DateTime) return new Date(Number(v.ms)).toISOString()
    if (v instanceof Binary && v.subtype === 4 && v.bytes.length === 16) {
      return Buffer.from(v.bytes)
        .toString('hex')
        .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    }
    throw failure(v, 'string')
  },
  7: (v) => {
    if (v instanceof ObjectId) return v
    if (typeof v === 'string') {
      if (!/^[0-9a-f]{24}$/i.test(v)) throw parseFailure(v, 'objectId')
      return new ObjectId(new Uint8Array(Buffer.from(v, 'hex')))
    }
    throw failure(v, 'objectId')
  },
  8: (v) => truthy(v),
  9: (v) => {
    if (v instanceof DateTime) return v
    if (v instanceof Timestamp) return new DateTime(v.t * 1000)
    if (v instanceof ObjectId) return new DateTime(Buffer.from(v.bytes).readUInt32BE(0) * 1000)
    if (typeof v === 'string') return parseIsoDate(v) ?? raise(parseFailure(v, 'date'))
    if (typeof v === 'number' || typeof v === 'bigint' || v instanceof Decimal) {
      const ms = truncate(v)
      if (ms === undefined || !fitsInt64(ms)) throw overflow(v)
      return new DateTime(ms)
    }
    throw failure(v, 'date')
  },
  16: (v) => {
    const n = wholeFrom(v, 'int')
    if (n < -2147483648n || n > 2147483647n) throw overflow(v)
    return new Int32(Number(n))
  },
  18: (v) => {
    const n = wholeFrom(v, 'long')
    if (!fitsInt64(n)) throw overflow(v)
    return n
  },
  19: (v) => {
    if (typeof v === 'boolean') return toDecimal(int(v ? 1 : 0))
    if (v instanceof DateTime) return toDecimal(v.ms)
    if (typeof v === 'string') return parseDecimal(v) ?? raise(parseFailure(v, 'number'))
    if (!isNumeric(v)) throw failure(v, 'decimal')
    return toDecimal(v)
  },
}

function raise(error: MongoError): never {
  throw error
}

function convertTo(value: Value, code: number): Value {
  const converter = converters[code]
  if (!converter) throw failure(value, String(code))
  return converter(value)
}

const convert: ExpressionOperator = (operand, compiler) => {
  const named = namedArguments('$convert', operand, ['input', 'to'], ['onError', 'onNull'])
  const input = compiler.compile(named.get('input')!)
  const to = compiler.compile(named.get('to')!)
  const onError = named.has('onError') ? compiler.compile(named.get('onError')!) : undefined
  const onNull = named.has('onNull') ? compiler.compile(named.get('onNull')!) : undefined
  return (env) => {
    const v = input(env)
    const target = to(env)
    if (isNullish(target)) return null
    if (isDoc(target))
      throw new MongoError(
        'FailedToParse',
        "$convert's 'to' argument as an object is not supported by the embedded database",
      )
    const code = typeCodes(target!)[0]!
    if (isNullish(v)) return onNull ? onNull(env) : null
    try {
      return convertTo(v!, code)
    } catch (error) {
      if (onError && error instanceof MongoError && error.codeName === 'ConversionFailure')
        return onError(env)
      throw error
    }
  }
}

function to(code: number): ExpressionOperator {
  return operator(1, 1, ([v]) => (isNullish(v) ? null : convertTo(v!, code)))
}

export const convertExpressions: Record<string, ExpressionOperator> = {
  $convert: convert,
  $toDouble: to(1),
  $toString: to(2),
  $toObjectId: to(7),
  $toBool: to(8),
  $toDate: to(9),
  $toInt: to(16),
  $toLong: to(18),
  $toDecimal: to(19),
  $type: operator(1, 1, ([v]) => typeName(v)),
  $isNumber: operator(1, 1, ([v]) => isNumeric(v)),
  $bsonSize: operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    if (!isDoc(v)) throw new MongoError(31393, `$bsonSize requires a document input, found: ${typeName(v)}`)
    return int(encode(v).length)
  }),
  $binarySize: operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    if (typeof v === 'string') return int(Buffer.byteLength(v))
    if (v instanceof Binary) return int(v.bytes.length)
    throw new MongoError(51276, `$binarySize requires a string or BinData argument, found: ${typeName(v)}`)
  }),
}
