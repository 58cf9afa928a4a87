/**
 * Arithmetic that keeps BSON's types: int32 widens to int64 when it must, a double makes a double, a decimal makes a
 * decimal. What int64 cannot hold is the caller's to decide: aggregation goes on as a double, updates refuse.
 */
import {
  addDecimal,
  Decimal,
  decimalFromDouble,
  decimalToNumber,
  finite,
  multiplyDecimal,
  negateDecimal,
} from './decimal.ts'
import { Int32, type Numeric } from './values.ts'

const INT64_MAX = 2n ** 63n - 1n
const INT64_MIN = -(2n ** 63n)

export function fitsInt64(n: bigint): boolean {
  return n >= INT64_MIN && n <= INT64_MAX
}

export function toNumber(value: Numeric): number {
  if (typeof value === 'number') return value
  if (value instanceof Int32) return value.value
  return value instanceof Decimal ? decimalToNumber(value) : Number(value)
}

export function toDecimal(value: Numeric): Decimal {
  if (value instanceof Decimal) return value
  if (value instanceof Int32) return finite(BigInt(value.value), 0)
  return typeof value === 'bigint' ? finite(value, 0) : decimalFromDouble(value)
}

/** A whole number as int32 where both operands were, as int64 where it fits; otherwise undefined. */
function integer(n: bigint, small: boolean): Numeric | undefined {
  if (small && n >= -2147483648n && n <= 2147483647n) return new Int32(Number(n))
  return fitsInt64(n) ? n : undefined
}

type Whole = Int32 | bigint

function big(value: Whole): bigint {
  return typeof value === 'bigint' ? value : BigInt(value.value)
}

function isWhole(value: Numeric): value is Whole {
  return value instanceof Int32 || typeof value === 'bigint'
}

function combine(
  a: Numeric,
  b: Numeric,
  whole: (x: bigint, y: bigint) => bigint,
  double: (x: number, y: number) => number,
  decimal: (x: Decimal, y: Decimal) => Decimal,
): Numeric | undefined {
  if (a instanceof Decimal || b instanceof Decimal) return decimal(toDecimal(a), toDecimal(b))
  if (isWhole(a) && isWhole(b))
    return integer(whole(big(a), big(b)), a instanceof Int32 && b instanceof Int32)
  return double(toNumber(a), toNumber(b))
}

/** `undefined` when int64 overflows; so for {@link subtract} and {@link multiply}. */
export function add(a: Numeric, b: Numeric): Numeric | undefined {
  return combine(
    a,
    b,
    (x, y) => x + y,
    (x, y) => x + y,
    addDecimal,
  )
}

export function subtract(a: Numeric, b: Numeric): Numeric | undefined {
  return combine(
    a,
    b,
    (x, y) => x - y,
    (x, y) => x - y,
    (x, y) => addDecimal(x, negateDecimal(y)),
  )
}

export function multiply(a: Numeric, b: Numeric): Numeric | undefined {
  return combine(
    a,
    b,
    (x, y) => x * y,
    (x, y) => x * y,
    multiplyDecimal,
  )
}

export function negate(a: Numeric): Numeric {
  return subtract(new Int32(0), a) ?? -toNumber(a)
}

export function isNegative(a: Numeric): boolean {
  return a instanceof Decimal ? a.neg : toNumber(a) < 0
}

/** Finite whole value as bigint, truncating fractions; undefined for NaN and infinities. */
export function truncate(value: Numeric): bigint | undefined {
  if (typeof value === 'bigint') return value
  if (value instanceof Int32) return BigInt(value.value)
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined
  if (value.kind !== 'finite') return undefined
  return value.exp >= 0 ? value.signed * 10n ** BigInt(value.exp) : value.signed / 10n ** BigInt(-value.exp)
}
