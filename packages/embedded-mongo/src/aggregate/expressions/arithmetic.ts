import { compare, isNumeric } from '../../bson/compare.ts'
import {
  Decimal,
  decimalToNumber,
  divideDecimal,
  exactDouble,
  finite,
  parseDecimal,
  remainderDecimal,
} from '../../bson/decimal.ts'
import {
  add,
  fitsInt64,
  isNegative,
  multiply,
  negate,
  subtract,
  toDecimal,
  toNumber,
} from '../../bson/numbers.ts'
import { asInteger, isNullish, typeName } from '../../bson/types.ts'
import { DateTime, Int32, type Numeric, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type ExpressionOperator, operator } from '../operator.ts'

function numberArgument(name: string, value: Value | undefined): Numeric {
  if (!isNumeric(value))
    throw new MongoError(28765, `${name} only supports numeric types, not ${typeName(value)}`)
  return value
}

/** Adds two numbers as aggregation does: an int64 that overflows goes on as a double. */
export function addWidening(a: Numeric, b: Numeric): Numeric {
  return add(a, b) ?? toNumber(a) + toNumber(b)
}

function shiftDate(date: DateTime, by: Numeric, sign: bigint): DateTime {
  const ms = typeof by === 'bigint' ? by : BigInt(Math.round(toNumber(by)))
  const moved = date.ms + sign * ms
  if (!fitsInt64(moved)) throw new MongoError('Overflow', 'date overflow')
  return new DateTime(moved)
}

const addOperator = operator(0, Infinity, (args) => {
  let total: Numeric = new Int32(0)
  let date: DateTime | undefined
  for (const v of args) {
    if (isNullish(v)) return null
    if (v instanceof DateTime) {
      if (date) throw new MongoError(16612, 'only one date allowed in an $add expression')
      date = v
    } else if (isNumeric(v)) total = addWidening(total, v)
    else throw new MongoError('TypeMismatch', `$add only supports numeric or date types, not ${typeName(v)}`)
  }
  return date ? shiftDate(date, total, 1n) : total
})

const subtractOperator = operator(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null
  if (a instanceof DateTime) {
    if (b instanceof DateTime) return a.ms - b.ms
    if (isNumeric(b)) return shiftDate(a, b, -1n)
  } else if (isNumeric(a) && isNumeric(b)) return subtract(a, b) ?? toNumber(a) - toNumber(b)
  throw new MongoError('TypeMismatch', `can't $subtract ${typeName(b)} from ${typeName(a)}`)
})

const multiplyOperator = operator(0, Infinity, (args) => {
  let total: Numeric = new Int32(1)
  for (const v of args) {
    if (isNullish(v)) return null
    if (!isNumeric(v))
      throw new MongoError('TypeMismatch', `$multiply only supports numeric types, not ${typeName(v)}`)
    total = multiply(total, v) ?? toNumber(total) * toNumber(v)
  }
  return total
})

const divideOperator = operator(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null
  if (!isNumeric(a) || !isNumeric(b)) {
    throw new MongoError(
      'TypeMismatch',
      `$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`,
    )
  }
  if (compare(b, 0) === 0) throw new MongoError('BadValue', "can't $divide by zero")
  if (a instanceof Decimal || b instanceof Decimal) return divideDecimal(toDecimal(a), toDecimal(b))
  return toNumber(a) / toNumber(b)
})

const modOperator = operator(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null
  if (!isNumeric(a) || !isNumeric(b)) {
    throw new MongoError(16611, `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`)
  }
  if (compare(b, 0) === 0) throw new MongoError(16610, "can't $mod by zero")
  if (a instanceof Decimal || b instanceof Decimal) return remainderDecimal(toDecimal(a), toDecimal(b))
  if (typeof a === 'number' || typeof b === 'number') return toNumber(a) % toNumber(b)
  const remainder = BigInt(toInt(a)) % BigInt(toInt(b))
  return a instanceof Int32 && b instanceof Int32 ? new Int32(Number(remainder)) : remainder
})

function toInt(value: Int32 | bigint): number | bigint {
  return value instanceof Int32 ? value.value : value
}

/** A function of one number: null for null, a double for whole numbers, a decimal (to 34 digits at most) for decimals. */
function real(name: string, f: (x: number) => number, check?: (x: number) => void): ExpressionOperator {
  return operator(1, 1, ([v]) => {
    if (isNullish(v)) return null
    const n = numberArgument(name, v)
    const x = toNumber(n)
    if (!Number.isNaN(x)) check?.(x)
    const y = f(x)
    return n instanceof Decimal ? (parseDecimal(String(y)) ?? n) : y
  })
}

function within(name: string, low: number, high: number): (x: number) => void {
  return (x) => {
    if (x < low || x > high)
      throw new MongoError(50989, `cannot apply ${name} to ${x}, value must be in [${low},${high}]`)
  }
}

function positive(name: string, code: number): (x: number) => void {
  return (x) => {
    if (x <= 0) throw new MongoError(code, `${name}'s argument must be a positive number, but is ${x}`)
  }
}

const abs = operator(1, 1, ([v]) => {
  if (isNullish(v)) return null
  const n = numberArgument('$abs', v)
  if (typeof n === 'bigint' && n === -(2n ** 63n))
    throw new MongoError(28680, "can't take $abs of long long min")
  if (typeof n === 'number') return Math.abs(n)
  return isNegative(n) ? negate(n) : n
})

type Rounding = (n: bigint, unit: bigint) => bigint

const floorDivide: Rounding = (n, unit) => (n < 0n && n % unit !== 0n ? n / unit - 1n : n / unit)
const ceilDivide: Rounding = (n, unit) => (n > 0n && n % unit !== 0n ? n / unit + 1n : n / unit)
const truncDivide: Rounding = (n, unit) => n / unit
const halfEven: Rounding = (n, unit) => {
  const q = floorDivide(n, unit)
  const twice = (n - q * unit) * 2n
  return twice > unit || (twice === unit && q % 2n !== 0n) ? q + 1n : q
}

/** Rounds at a decimal place; whole numbers stay whole. */
function roundAt(name: string, n: Numeric, place: number, how: Rounding): Numeric {
  if (place < -20 || place > 100)
    throw new MongoError(
      51083,
      `cannot apply ${name} with precision value ${place} value must be in [-20, 100]`,
    )
  if (n instanceof Decimal) {
    if (n.kind !== 'finite' || -n.exp <= place) return n
    return finite(how(n.signed, 10n ** BigInt(-n.exp - place)), -place, n.neg)
  }
  if (typeof n === 'number') {
    if (!Number.isFinite(n)) return n
    if (place === 0) return roundDouble(n, how)
    const exact = exactDouble(n)
    const d = finite(exact.signed, exact.exp)
    if (-d.exp <= place) return n
    const rounded = decimalToNumber(finite(how(d.signed, 10n ** BigInt(-d.exp - place)), -place))
    return Object.is(n, -0) ? n : rounded
  }
  if (place >= 0) return n
  const unit = 10n ** BigInt(-place)
  const whole = how(BigInt(toInt(n)), unit) * unit
  if (n instanceof Int32 && whole >= -2147483648n && whole <= 2147483647n) return new Int32(Number(whole))
  if (!fitsInt64(whole)) throw new MongoError(51080, `invalid conversion from Decimal128 result in ${name}`)
  return whole
}

function roundDouble(n: number, how: Rounding): number {
  if (how === floorDivide) return Math.floor(n)
  if (how === ceilDivide) return Math.ceil(n)
  if (how === truncDivide) return Math.trunc(n)
  const low = Math.floor(n)
  const rest = n - low
  if (rest > 0.5) return low + 1
  return rest === 0.5 && low % 2 !== 0 ? low + 1 : low
}

function rounding(how: Rounding, max: number): ExpressionOperator {
  return (operand, compiler, name) =>
    operator(1, max, ([v, place]) => {
      if (isNullish(v)) return null
      const n = numberArgument(name, v)
      if (max === 1 || place === undefined) return roundAt(name, n, 0, how)
      if (isNullish(place)) return null
      const p = asInteger(place)
      if (p === undefined)
        throw new MongoError(51082, `precision argument to ${name} must be an integral value`)
      return roundAt(name, n, p, how)
    })(operand, compiler, name)
}

const pow = operator(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null
  if (!isNumeric(a)) throw new MongoError(28762, `$pow's base must be numeric, not ${typeName(a)}`)
  if (!isNumeric(b)) throw new MongoError(28763, `$pow's exponent must be numeric, not ${typeName(b)}`)
  if (compare(a, 0) === 0 && isNegative(b))
    throw new MongoError(28764, '$pow cannot take a base of 0 and a negative exponent')
  if (a instanceof Decimal || b instanceof Decimal) return powDecimal(toDecimal(a), toDecimal(b))
  if (typeof a === 'number' || typeof b === 'number' || isNegative(b)) {
    const x = toNumber(a) ** toNumber(b)
    const whole = typeof a !== 'number' && typeof b !== 'number' && Number.isInteger(x)
    return whole ? (a instanceof Int32 && b instanceof Int32 ? new Int32(x) : BigInt(x)) : x
  }
  const exponent = BigInt(toInt(b))
  if (exponent > 63n && ![0n, 1n, -1n].includes(BigInt(toInt(a)))) return toNumber(a) ** toNumber(b)
  const result = BigInt(toInt(a)) ** (exponent > 63n ? (exponent % 2n) + 2n : exponent)
  if (a instanceof Int32 && b instanceof Int32 && result >= -2147483648n && result <= 2147483647n)
    return new Int32(Number(result))
  return fitsInt64(result) ? result : toNumber(a) ** toNumber(b)
})

function powDecimal(a: Decimal, b: Decimal): Decimal {
  const n = decimalToNumber(b)
  if (Number.isInteger(n) && Math.abs(n) <= 1000) {
    let out = finite(1n, 0)
    for (let i = 0; i < Math.abs(n); i++) out = multiply(out, a) as Decimal
    return n < 0 ? divideDecimal(finite(1n, 0), out) : out
  }
  return toDecimal(decimalToNumber(a) ** n)
}

const log = operator(2, 2, ([a, b]) => {
  if (isNullish(a) || isNullish(b)) return null
  if (!isNumeric(a)) throw new MongoError(28756, `$log's argument must be numeric, not ${typeName(a)}`)
  if (!isNumeric(b)) throw new MongoError(28757, `$log's base must be numeric, not ${typeName(b)}`)
  if (toNumber(a) <= 0)
    throw new MongoError(28758, `$log's argument must be a positive number, but is ${toNumber(a)}`)
  if (toNumber(b) <= 0 || toNumber(b) === 1)
    throw new MongoError(28759, `$log's base must be a positive number not equal to 1, but is ${toNumber(b)}`)
  return Math.log(toNumber(a)) / Math.log(toNumber(b))
})

export const arithmeticExpressions: Record<string, ExpressionOperator> = {
  $add: addOperator,
  $subtract: subtractOperator,
  $multiply: multiplyOperator,
  $divide: divideOperator,
  $mod: modOperator,
  $abs: abs,
  $floor: rounding(floorDivide, 1),
  $ceil: rounding(ceilDivide, 1),
  $trunc: rounding(truncDivide, 2),
  $round: rounding(halfEven, 2),
  $pow: pow,
  $log: log,
  $sqrt: real('$sqrt', Math.sqrt, (x) => {
    if (x < 0) throw new MongoError(28714, "$sqrt's argument must be greater than or equal to 0")
  }),
  $exp: real('$exp', Math.exp),
  $ln: real('$ln', Math.log, positive('$ln', 28766)),
  $log10: real('$log10', Math.log10, positive('$log10', 28761)),
  $sin: real('$sin', Math.sin),
  $cos: real('$cos', Math.cos),
  $tan: real('$tan', Math.tan),
  $asin: real('$asin', Math.asin, within('$asin', -1, 1)),
  $acos: real('$acos', Math.acos, within('$acos', -1, 1)),
  $atan: real('$atan', Math.atan),
  $sinh: real('$sinh', Math.sinh),
  $cosh: real('$cosh', Math.cosh),
  $tanh: real('$tanh', Math.tanh),
  $asinh: real('$asinh', Math.asinh),
  $acosh: real('$acosh', Math.acosh, within('$acosh', 1, Infinity)),
  $atanh: real('$atanh', Math.atanh, within('$atanh', -1, 1)),
  $degreesToRadians: real('$degreesToRadians', (x) => (x * Math.PI) / 180),
  $radiansToDegrees: real('$radiansToDegrees', (x) => (x * 180) / Math.PI),
  $atan2: operator(2, 2, ([a, b]) => {
    if (isNullish(a) || isNullish(b)) return null
    return Math.atan2(toNumber(numberArgument('$atan2', a)), toNumber(numberArgument('$atan2', b)))
  }),
  $rand: (_operand, _compiler) => () => Math.random(),
}
