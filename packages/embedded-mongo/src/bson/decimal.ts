/**
 * IEEE 754-2008 decimal128 in the binary integer encoding, as BSON stores it: 34 digits, exponents -6176 to 6111.
 * Rounding is half to even. Follows the "Decimal128" BSON specification (encoding, parsing and text form).
 */
const MAX_DIGITS = 34
const MAX_COEFF = 10n ** 34n - 1n
const MIN_EXP = -6176
const MAX_EXP = 6111
const BIAS = 6176

export class Decimal {
  readonly kind: 'finite' | 'inf' | 'nan'
  readonly neg: boolean
  readonly coeff: bigint
  readonly exp: number
  constructor(kind: 'finite' | 'inf' | 'nan', neg: boolean, coeff = 0n, exp = 0) {
    this.kind = kind
    this.neg = neg
    this.coeff = coeff
    this.exp = exp
  }

  /** The signed coefficient. */
  get signed(): bigint {
    return this.neg ? -this.coeff : this.coeff
  }

  toString(): string {
    if (this.kind === 'nan') return 'NaN'
    const sign = this.neg ? '-' : ''
    if (this.kind === 'inf') return `${sign}Infinity`
    const digits = this.coeff.toString()
    const adjusted = this.exp + digits.length - 1
    if (this.exp <= 0 && adjusted >= -6) {
      if (this.exp === 0) return sign + digits
      const point = digits.length + this.exp
      return point > 0
        ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
        : `${sign}0.${'0'.repeat(-point)}${digits}`
    }
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
    return `${sign}${mantissa}E${adjusted >= 0 ? '+' : ''}${adjusted}`
  }
}

export const DECIMAL_NAN = new Decimal('nan', false)

/** Rounds a signed coefficient and exponent into the format's range (overflow becomes infinity). */
export function finite(signed: bigint, exp: number, negativeZero = false): Decimal {
  const neg = signed < 0n || (signed === 0n && negativeZero)
  let coeff = signed < 0n ? -signed : signed
  let e = exp
  const excess = Math.max(coeff > MAX_COEFF ? coeff.toString().length - MAX_DIGITS : 0, MIN_EXP - e)
  if (excess > 0) {
    coeff = excess > 7000 ? 0n : divideHalfEven(coeff, 10n ** BigInt(excess))
    e += excess
    if (coeff > MAX_COEFF) {
      coeff /= 10n
      e += 1
    }
  }
  if (coeff === 0n) return new Decimal('finite', neg, 0n, Math.min(e, MAX_EXP))
  while (e > MAX_EXP && coeff * 10n <= MAX_COEFF) {
    coeff *= 10n
    e -= 1
  }
  if (e > MAX_EXP) return new Decimal('inf', neg)
  return new Decimal('finite', neg, coeff, e)
}

export function divideHalfEven(n: bigint, d: bigint): bigint {
  const q = n / d
  const twice = (n % d) * 2n
  if (twice > d || (twice === d && q % 2n === 1n)) return q + 1n
  return q
}

/** Reads the 16 little-endian bytes at `offset`. */
export function readDecimal(view: DataView, offset: number): Decimal {
  const low = view.getBigUint64(offset, true)
  const high = view.getBigUint64(offset + 8, true)
  const neg = high >> 63n === 1n
  const combination = Number((high >> 58n) & 31n)
  if (combination === 31) return DECIMAL_NAN
  if (combination === 30) return new Decimal('inf', neg)
  // A combination that begins with 11 encodes coefficients above 34 digits, which the format reads as zero.
  if (combination >> 3 === 3) return new Decimal('finite', neg, 0n, Number((high >> 47n) & 0x3fffn) - BIAS)
  const coeff = ((high & 0x1ffffffffffffn) << 64n) | low
  return new Decimal('finite', neg, coeff > MAX_COEFF ? 0n : coeff, Number((high >> 49n) & 0x3fffn) - BIAS)
}

export function writeDecimal(view: DataView, offset: number, value: Decimal): void {
  let high = value.neg ? 1n << 63n : 0n
  let low = 0n
  if (value.kind === 'nan') high |= 31n << 58n
  else if (value.kind === 'inf') high |= 30n << 58n
  else {
    high |= BigInt(value.exp + BIAS) << 49n
    high |= value.coeff >> 64n
    low = value.coeff & 0xffffffffffffffffn
  }
  view.setBigUint64(offset, low, true)
  view.setBigUint64(offset + 8, high, true)
}

/** Parses decimal text; `undefined` when it is no number. */
export function parseDecimal(text: string): Decimal | undefined {
  const m = /^([+-]?)(?:(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?|(inf(?:inity)?)|(nan))$/i.exec(text)
  if (!m) return undefined
  const neg = m[1] === '-'
  if (m[6]) return DECIMAL_NAN
  if (m[5]) return new Decimal('inf', neg)
  const digits = (m[2] ?? '') + (m[3] ?? '')
  if (digits === '') return undefined
  const coeff = BigInt(digits)
  return finite(neg ? -coeff : coeff, Number(m[4] ?? 0) - (m[3] ?? '').length, neg)
}

/** The exact value of a finite double as coefficient and power of ten. */
export function exactDouble(value: number): { signed: bigint; exp: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const biased = Number((bits >> 52n) & 0x7ffn)
  const mantissa = (bits & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n)
  const power = (biased === 0 ? 1 : biased) - 1075
  const sign = bits >> 63n === 1n ? -1n : 1n
  if (power >= 0) return { signed: sign * (mantissa << BigInt(power)), exp: 0 }
  return { signed: sign * mantissa * 5n ** BigInt(-power), exp: power }
}

/** A double as MongoDB converts it for arithmetic: rounded to 15 significant digits. */
export function decimalFromDouble(value: number): Decimal {
  if (Number.isNaN(value)) return DECIMAL_NAN
  if (!Number.isFinite(value)) return new Decimal('inf', value < 0)
  return (
    parseDecimal(value === 0 ? (Object.is(value, -0) ? '-0' : '0') : value.toPrecision(15)) ?? DECIMAL_NAN
  )
}

export function decimalToNumber(value: Decimal): number {
  if (value.kind === 'nan') return Number.NaN
  if (value.kind === 'inf') return value.neg ? -Infinity : Infinity
  return Number(`${value.signed}e${value.exp}`)
}

/** Compares two exact decimal numbers given as signed coefficient and exponent. */
export function compareScaled(a: bigint, aExp: number, b: bigint, bExp: number): number {
  if (a === 0n || b === 0n || a < 0n !== b < 0n) return a < b ? -1 : a > b ? 1 : 0
  const aMag = abs(a).toString().length + aExp
  const bMag = abs(b).toString().length + bExp
  if (aMag !== bMag) return aMag < bMag === a > 0n ? -1 : 1
  const low = Math.min(aExp, bExp)
  const x = a * 10n ** BigInt(aExp - low)
  const y = b * 10n ** BigInt(bExp - low)
  return x < y ? -1 : x > y ? 1 : 0
}

function abs(n: bigint): bigint {
  return n < 0n ? -n : n
}

export function addDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return DECIMAL_NAN
  if (a.kind === 'inf') return b.kind === 'inf' && a.neg !== b.neg ? DECIMAL_NAN : a
  if (b.kind === 'inf') return b
  if (a.coeff === 0n && b.coeff !== 0n) return finite(b.signed, b.exp)
  if (b.coeff === 0n && a.coeff !== 0n) return finite(a.signed, a.exp)
  const exp = Math.min(a.exp, b.exp)
  // Operands further apart than the precision cannot influence one another but by rounding.
  if (Math.abs(a.exp - b.exp) > 80) {
    const [big, small] = a.exp > b.exp ? [a, b] : [b, a]
    if (big.coeff !== 0n && small.coeff.toString().length + small.exp < big.exp - 40)
      return finite(big.signed, big.exp)
  }
  return finite(
    a.signed * 10n ** BigInt(a.exp - exp) + b.signed * 10n ** BigInt(b.exp - exp),
    exp,
    a.neg && b.neg,
  )
}

export function negateDecimal(a: Decimal): Decimal {
  return a.kind === 'nan' ? a : new Decimal(a.kind, !a.neg, a.coeff, a.exp)
}

export function multiplyDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return DECIMAL_NAN
  const neg = a.neg !== b.neg
  if (a.kind === 'inf' || b.kind === 'inf') {
    const zero = (a.kind === 'finite' && a.coeff === 0n) || (b.kind === 'finite' && b.coeff === 0n)
    return zero ? DECIMAL_NAN : new Decimal('inf', neg)
  }
  return finite(a.signed * b.signed, a.exp + b.exp, neg)
}

/** Division by zero is the caller's to refuse. */
export function divideDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.kind === 'nan' || b.kind === 'nan') return DECIMAL_NAN
  const neg = a.neg !== b.neg
  if (a.kind === 'inf') return b.kind === 'inf' ? DECIMAL_NAN : new Decimal('inf', neg)
  if (b.kind === 'inf') return finite(0n, 0, neg)
  const shift = Math.max(0, 38 + b.coeff.toString().length - a.coeff.toString().length)
  let q = (a.coeff * 10n ** BigInt(shift)) / b.coeff
  let exp = a.exp - b.exp - shift
  // A sticky digit keeps half-even rounding right when the division leaves a remainder.
  if ((a.coeff * 10n ** BigInt(shift)) % b.coeff !== 0n) {
    q = q * 10n + 1n
    exp -= 1
  } else {
    const ideal = a.exp - b.exp
    while (exp < ideal && q !== 0n && q % 10n === 0n) {
      q /= 10n
      exp += 1
    }
  }
  return finite(neg ? -q : q, exp, neg)
}

/** Truncated remainder: the sign is the dividend's. */
export function remainderDecimal(a: Decimal, b: Decimal): Decimal {
  if (a.kind !== 'finite' || b.kind === 'nan' || (b.kind === 'finite' && b.coeff === 0n)) return DECIMAL_NAN
  if (b.kind === 'inf') return a
  const exp = Math.min(a.exp, b.exp)
  const x = a.coeff * 10n ** BigInt(a.exp - exp)
  const y = b.coeff * 10n ** BigInt(b.exp - exp)
  const r = x % y
  return finite(a.neg ? -r : r, exp, a.neg)
}
