/**
 * A strict BSON decoder (bsonspec.org, version 1.1) into {@link Value}s. Everything it reads may be hostile: lengths are
 * checked before use, recursion is limited, unknown types and text that is no UTF-8 are refused with InvalidBSON.
 */
import { isUtf8 } from 'node:buffer'
import { MongoError } from '../errors.ts'
import { readDecimal } from './decimal.ts'
import {
  Binary,
  BsonSymbol,
  Code,
  DateTime,
  DbPointer,
  type Doc,
  Int32,
  MAX_KEY,
  MIN_KEY,
  ObjectId,
  Regex,
  Timestamp,
  UNDEFINED,
  type Value,
} from './values.ts'

/** Nesting that any message may have; stored documents are limited further, see storage. */
export const MAX_DEPTH = 200

export function invalidBson(message: string): MongoError {
  return new MongoError('InvalidBSON', `Invalid BSON: ${message}`)
}

class Reader {
  readonly buf: Buffer
  readonly view: DataView
  pos: number
  end: number
  constructor(bytes: Uint8Array, pos: number) {
    this.buf = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.pos = pos
    this.end = bytes.byteLength
  }
  /** Reserves `n` bytes and answers where they begin. */
  take(n: number): number {
    const at = this.pos
    if (n < 0 || at + n > this.end) throw invalidBson('a value reaches past the end of its document')
    this.pos = at + n
    return at
  }
  cstring(): string {
    const zero = this.buf.indexOf(0, this.pos)
    if (zero < 0 || zero >= this.end) throw invalidBson('a field name has no end')
    const text = this.text(this.pos, zero)
    this.pos = zero + 1
    return text
  }
  string(): string {
    const length = this.view.getInt32(this.take(4), true)
    if (length < 1) throw invalidBson('a string has a bad length')
    const at = this.take(length)
    if (this.buf[at + length - 1] !== 0) throw invalidBson('a string is not terminated')
    return this.text(at, at + length - 1)
  }
  text(from: number, to: number): string {
    if (to - from < 24) {
      // Short ASCII, the usual case of names, is faster read here than through the native decoder.
      let out = ''
      let i = from
      for (; i < to; i++) {
        const c = this.buf[i]!
        if (c > 127) break
        out += String.fromCharCode(c)
      }
      if (i === to) return out
    }
    const text = this.buf.toString('utf8', from, to)
    if (text.includes('\uFFFD') && !isUtf8(this.buf.subarray(from, to)))
      throw invalidBson('text is not UTF-8')
    return text
  }
}

/** Decodes one whole document. Throws InvalidBSON. */
export function decode(bytes: Uint8Array): Doc {
  const reader = new Reader(bytes, 0)
  const value = readDocument(reader, 1)
  if (reader.pos !== bytes.byteLength) throw invalidBson('bytes follow the document')
  return value
}

/** Decodes only the top-level fields in `wanted`: a stored (already checked) document is filtered without the rest. */
export function decodeFields(bytes: Uint8Array, wanted: ReadonlySet<string>): Doc {
  const reader = new Reader(bytes, 4)
  const out: Doc = new Map()
  for (;;) {
    const type = reader.buf[reader.take(1)]!
    if (type === 0) return out
    const name = reader.cstring()
    if (wanted.has(name)) {
      out.set(name, readValue(reader, type, 2))
      if (out.size === wanted.size) return out
    } else skipValue(reader, type)
  }
}

function enter(reader: Reader, depth: number): number {
  if (depth > MAX_DEPTH) throw invalidBson(`nested deeper than ${MAX_DEPTH} levels`)
  const start = reader.take(4)
  const length = reader.view.getInt32(start, true)
  if (length < 5 || start + length > reader.end) throw invalidBson('a document has a bad length')
  if (reader.buf[start + length - 1] !== 0) throw invalidBson('a document is not terminated')
  return start + length
}

function leave(reader: Reader, end: number): void {
  if (reader.pos !== end) throw invalidBson('a document ends before its length')
}

function readDocument(reader: Reader, depth: number): Doc {
  const end = enter(reader, depth)
  const outer = reader.end
  reader.end = end
  const out: Doc = new Map()
  for (;;) {
    const type = reader.buf[reader.take(1)]!
    if (type === 0) break
    const name = reader.cstring()
    out.set(name, readValue(reader, type, depth + 1))
  }
  leave(reader, end)
  reader.end = outer
  return out
}

function readArray(reader: Reader, depth: number): Value[] {
  const end = enter(reader, depth)
  const outer = reader.end
  reader.end = end
  const out: Value[] = []
  for (;;) {
    const type = reader.buf[reader.take(1)]!
    if (type === 0) break
    const zero = reader.buf.indexOf(0, reader.pos)
    if (zero < 0 || zero >= reader.end) throw invalidBson('an array index has no end')
    reader.pos = zero + 1
    out.push(readValue(reader, type, depth + 1))
  }
  leave(reader, end)
  reader.end = outer
  return out
}

function copy(reader: Reader, from: number, to: number): Uint8Array {
  return Uint8Array.prototype.slice.call(reader.buf, from, to)
}

function readValue(reader: Reader, type: number, depth: number): Value {
  const { view } = reader
  switch (type) {
    case 0x01:
      return view.getFloat64(reader.take(8), true)
    case 0x02:
      return reader.string()
    case 0x03:
      return readDocument(reader, depth)
    case 0x04:
      return readArray(reader, depth)
    case 0x05:
      return readBinary(reader)
    case 0x06:
      return UNDEFINED
    case 0x07: {
      const at = reader.take(12)
      return new ObjectId(copy(reader, at, at + 12))
    }
    case 0x08: {
      const byte = reader.buf[reader.take(1)]!
      if (byte > 1) throw invalidBson('a boolean is neither true nor false')
      return byte === 1
    }
    case 0x09:
      return new DateTime(view.getBigInt64(reader.take(8), true))
    case 0x0a:
      return null
    case 0x0b: {
      const pattern = reader.cstring()
      return new Regex(pattern, [...reader.cstring()].sort().join(''))
    }
    case 0x0c: {
      const ns = reader.string()
      const at = reader.take(12)
      return new DbPointer(ns, new ObjectId(copy(reader, at, at + 12)))
    }
    case 0x0d:
      return new Code(reader.string())
    case 0x0e:
      return new BsonSymbol(reader.string())
    case 0x0f: {
      const start = reader.take(4)
      const length = view.getInt32(start, true)
      const code = reader.string()
      const scope = readDocument(reader, depth)
      if (reader.pos !== start + length) throw invalidBson('code with scope has a bad length')
      return new Code(code, scope)
    }
    case 0x10:
      return new Int32(view.getInt32(reader.take(4), true))
    case 0x11: {
      const at = reader.take(8)
      return new Timestamp(view.getUint32(at + 4, true), view.getUint32(at, true))
    }
    case 0x12:
      return view.getBigInt64(reader.take(8), true)
    case 0x13:
      return readDecimal(view, reader.take(16))
    case 0xff:
      return MIN_KEY
    case 0x7f:
      return MAX_KEY
    default:
      throw invalidBson(`unknown type 0x${type.toString(16)}`)
  }
}

function readBinary(reader: Reader): Binary {
  const length = reader.view.getInt32(reader.take(4), true)
  const subtype = reader.buf[reader.take(1)]!
  const at = reader.take(length)
  if (subtype === 2) {
    if (length < 4 || reader.view.getInt32(at, true) !== length - 4)
      throw invalidBson('old binary has a bad length')
    return new Binary(copy(reader, at + 4, at + length), 2)
  }
  return new Binary(copy(reader, at, at + length), subtype)
}

function skipValue(reader: Reader, type: number): void {
  switch (type) {
    case 0x01:
    case 0x09:
    case 0x11:
    case 0x12:
      reader.pos += 8
      return
    case 0x02:
    case 0x0d:
    case 0x0e:
      reader.pos += 4 + reader.view.getInt32(reader.pos, true)
      return
    case 0x03:
    case 0x04:
    case 0x0f:
      reader.pos += reader.view.getInt32(reader.pos, true)
      return
    case 0x05:
      reader.pos += 5 + reader.view.getInt32(reader.pos, true)
      return
    case 0x07:
      reader.pos += 12
      return
    case 0x08:
      reader.pos += 1
      return
    case 0x10:
      reader.pos += 4
      return
    case 0x13:
      reader.pos += 16
      return
    default:
      readValue(reader, type, 2)
  }
}
