/**
 * Order-preserving binary keys: `memcmp(key(a), key(b))` has the sign of `compare(a, b)`, for every pair of values and for
 * compound keys with ascending and descending parts. Values that compare equal (1, 1.0, NumberLong(1)) have one key.
 *
 * Each value is a type byte and a self-delimiting body. A number is the bits of the double nearest to it towards zero,
 * followed by the exact rest for what a double cannot hold. A descending part has all its bytes inverted.
 */
import { canonicalType, scaled } from './compare.ts'
import { Decimal } from './decimal.ts'
import {
  type Binary,
  BsonSymbol,
  type Code,
  type DateTime,
  type DbPointer,
  type Doc,
  Int32,
  type Numeric,
  type ObjectId,
  type Regex,
  type Timestamp,
  type Value,
} from './values.ts'

// Type bytes; numbers take four so that sign and NaN are in the order too. 0x00 ends documents and arrays.
const TYPE_BYTES: Record<number, number> = {
  1: 0x02,
  3: 0x04,
  5: 0x06,
  15: 0x20,
  20: 0x24,
  25: 0x28,
  30: 0x2c,
  35: 0x30,
  40: 0x34,
  45: 0x38,
  47: 0x3c,
  50: 0x40,
  55: 0x44,
  60: 0x48,
  65: 0x4c,
  127: 0xf0,
}
const NUM_NAN = 0x10
const NUM_NEGATIVE = 0x11
const NUM_ZERO = 0x12
const NUM_POSITIVE = 0x13

/** The first byte of every key of a canonical type, and the byte after its last: bounds for type-bracketed ranges. */
export function typeRange(canonical: number): { from: number; to: number } {
  if (canonical === 10) return { from: NUM_NAN, to: NUM_POSITIVE + 1 }
  const byte = TYPE_BYTES[canonical]!
  return { from: byte, to: byte + 1 }
}

class KeyWriter {
  buf = Buffer.allocUnsafe(256)
  pos = 0
  room(n: number): void {
    if (this.pos + n <= this.buf.length) return
    const grown = Buffer.allocUnsafe(Math.max(this.buf.length * 2, this.pos + n))
    this.buf.copy(grown, 0, 0, this.pos)
    this.buf = grown
  }
  byte(b: number): void {
    this.room(1)
    this.buf[this.pos++] = b
  }
  /** Bytes with 00 written as 00 FF, ended by 00 01. */
  escaped(bytes: Uint8Array): void {
    this.room(bytes.length * 2 + 2)
    let from = 0
    for (let zero = bytes.indexOf(0); zero >= 0; zero = bytes.indexOf(0, from)) {
      this.raw(bytes.subarray(from, zero + 1))
      this.buf[this.pos++] = 0xff
      from = zero + 1
    }
    this.raw(bytes.subarray(from))
    this.buf[this.pos++] = 0
    this.buf[this.pos++] = 1
  }
  text(value: string): void {
    this.escaped(Buffer.from(value))
  }
  raw(bytes: Uint8Array): void {
    this.room(bytes.length)
    this.buf.set(bytes, this.pos)
    this.pos += bytes.length
  }
  uint32(value: number): void {
    this.room(4)
    this.buf.writeUInt32BE(value, this.pos)
    this.pos += 4
  }
  /** Signed 64 bit with the sign bit flipped. */
  int64(value: bigint): void {
    this.room(8)
    this.buf.writeBigUInt64BE(BigInt.asUintN(64, value) ^ (1n << 63n), this.pos)
    this.pos += 8
  }
  invert(from: number): void {
    for (let i = from; i < this.pos; i++) this.buf[i] = ~this.buf[i]! & 0xff
  }
}

const shared = new KeyWriter()

function writeNumber(w: KeyWriter, value: Numeric): void {
  const x = value instanceof Int32 ? value.value : value
  if (x instanceof Decimal ? x.kind === 'nan' : Number.isNaN(x)) {
    w.byte(NUM_NAN)
    return
  }
  const infinite = x instanceof Decimal ? x.kind === 'inf' : x === Infinity || x === -Infinity
  const negative = x instanceof Decimal ? x.neg : x < 0
  const zero = x instanceof Decimal ? x.kind === 'finite' && x.coeff === 0n : x === 0 || x === 0n
  if (zero) {
    w.byte(NUM_ZERO)
    return
  }
  w.byte(negative ? NUM_NEGATIVE : NUM_POSITIVE)
  const start = w.pos
  w.room(8)
  if (infinite || typeof x === 'number') {
    w.buf.writeDoubleBE(infinite ? Infinity : Math.abs(x as number), w.pos)
    w.pos += 8
    w.byte(0)
  } else {
    const { signed, exp } = scaled(x)
    writeExact(w, signed < 0n ? -signed : signed, exp)
  }
  if (negative) w.invert(start)
}

function writeExact(w: KeyWriter, magnitude: bigint, exp: number): void {
  const double = doubleBelow(magnitude, exp)
  w.room(8)
  w.buf.writeDoubleBE(double, w.pos)
  w.pos += 8
  const below = scaled(double)
  const low = Math.min(exp, below.exp)
  const rest = magnitude * 10n ** BigInt(exp - low) - below.signed * 10n ** BigInt(below.exp - low)
  if (rest === 0n) {
    w.byte(0)
    return
  }
  w.byte(1)
  const digits = rest.toString()
  const place = digits.length + low + 20000
  w.byte(place >> 8)
  w.byte(place & 0xff)
  // Digits are 0x30 and above, so the closing 0x00 sorts a shorter (smaller) rest first.
  w.raw(Buffer.from(digits.replace(/0+$/, '')))
  w.byte(0)
}

/** The greatest double that is not above the exact value `magnitude * 10^exp`. */
function doubleBelow(magnitude: bigint, exp: number): number {
  let d = Number(`${magnitude}e${exp}`)
  if (d === Infinity) return Number.MAX_VALUE
  const exact = scaled(d)
  const low = Math.min(exp, exact.exp)
  if (exact.signed * 10n ** BigInt(exact.exp - low) > magnitude * 10n ** BigInt(exp - low))
    d = previousDouble(d)
  return d
}

function previousDouble(d: number): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, d)
  view.setBigUint64(0, view.getBigUint64(0) - 1n)
  return view.getFloat64(0)
}

function writeValue(w: KeyWriter, value: Value | undefined): void {
  const type = canonicalType(value)
  if (type === 10) {
    writeNumber(w, value as Numeric)
    return
  }
  w.byte(TYPE_BYTES[type]!)
  switch (type) {
    case 15:
      w.text(value instanceof BsonSymbol ? value.value : (value as string))
      break
    case 20:
      for (const [key, v] of value as Doc) {
        // Documents compare by type, then name, then value.
        w.byte(canonicalType(v) === 10 ? NUM_NAN : TYPE_BYTES[canonicalType(v)]!)
        w.text(key)
        writeValue(w, v)
      }
      w.byte(0)
      break
    case 25:
      for (const v of value as Value[]) writeValue(w, v)
      w.byte(0)
      break
    case 30: {
      const binary = value as Binary
      w.uint32(binary.bytes.length)
      w.byte(binary.subtype)
      w.raw(binary.bytes)
      break
    }
    case 35:
      w.raw((value as ObjectId).bytes)
      break
    case 40:
      w.byte(value ? 2 : 1)
      break
    case 45:
      w.int64((value as DateTime).ms)
      break
    case 47:
      w.uint32((value as Timestamp).t)
      w.uint32((value as Timestamp).i)
      break
    case 50:
      w.text((value as Regex).pattern)
      w.text((value as Regex).flags)
      break
    case 55:
      w.uint32((value as DbPointer).ns.length)
      w.text((value as DbPointer).ns)
      w.raw((value as DbPointer).id.bytes)
      break
    case 60:
    case 65:
      w.text((value as Code).code)
      if ((value as Code).scope) writeValue(w, (value as Code).scope)
      break
  }
}

function take(w: KeyWriter): Uint8Array {
  return new Uint8Array(w.buf.subarray(0, w.pos))
}

/** The key of one value, ascending. */
export function valueKey(value: Value | undefined): Uint8Array {
  shared.pos = 0
  writeValue(shared, value)
  return take(shared)
}

/** The key as text, for maps: equal values have equal text, and texts order as values do. */
export function keyText(value: Value | undefined): string {
  shared.pos = 0
  writeValue(shared, value)
  return shared.buf.toString('latin1', 0, shared.pos)
}

/** The key of a compound index entry; `directions[i]` is 1 or -1. */
export function compoundKey(
  values: readonly (Value | undefined)[],
  directions: readonly number[],
): Uint8Array {
  const w = shared
  w.pos = 0
  for (let i = 0; i < values.length; i++) {
    const start = w.pos
    writeValue(w, values[i])
    if (directions[i]! < 0) w.invert(start)
  }
  return take(w)
}

/** The least key above every key that begins with `prefix`; undefined when there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i]! < 0xff) {
      const out = new Uint8Array(prefix.subarray(0, i + 1))
      out[i]! += 1
      return out
    }
  }
  return undefined
}
