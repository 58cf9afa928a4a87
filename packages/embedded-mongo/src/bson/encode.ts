import { MongoError } from '../errors.ts'
import { Decimal, writeDecimal } from './decimal.ts'
import { MAX_DEPTH } from './decode.ts'
import {
  Binary,
  BsonSymbol,
  Code,
  DateTime,
  DbPointer,
  type Doc,
  Int32,
  MaxKey,
  MinKey,
  ObjectId,
  Raw,
  Regex,
  Timestamp,
  Undefined,
  type Value,
} from './values.ts'

/** A growing buffer; `finish` hands out a copy of what was written. */
class Writer {
  buf: Buffer = Buffer.allocUnsafe(1024)
  view = new DataView(this.buf.buffer, this.buf.byteOffset, this.buf.byteLength)
  pos = 0

  need(n: number): number {
    const at = this.pos
    if (at + n > this.buf.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.buf.length * 2, at + n))
      this.buf.copy(grown, 0, 0, at)
      this.buf = grown
      this.view = new DataView(grown.buffer, grown.byteOffset, grown.byteLength)
    }
    this.pos = at + n
    return at
  }
  byte(value: number): void {
    const at = this.need(1)
    this.buf[at] = value
  }
  int32(value: number): void {
    const at = this.need(4)
    this.view.setInt32(at, value, true)
  }
  int64(value: bigint): void {
    const at = this.need(8)
    this.view.setBigInt64(at, value, true)
  }
  cstring(value: string): void {
    if (value.length < 40) {
      const at = this.need(value.length + 1)
      for (let i = 0; ; i++) {
        if (i === value.length) {
          this.buf[at + i] = 0
          return
        }
        const c = value.charCodeAt(i)
        if (c === 0) break
        if (c > 127) break
        this.buf[at + i] = c
      }
      this.pos = at
    }
    if (value.includes('\0'))
      throw new MongoError('BadValue', 'field names and patterns cannot contain null bytes')
    const length = Buffer.byteLength(value)
    const at = this.need(length + 1)
    this.buf.write(value, at)
    this.buf[at + length] = 0
  }
  string(value: string): void {
    const length = Buffer.byteLength(value)
    this.int32(length + 1)
    const at = this.need(length + 1)
    this.buf.write(value, at)
    this.buf[at + length] = 0
  }
  bytes(value: Uint8Array): void {
    const at = this.need(value.length)
    this.buf.set(value, at)
  }
}

const shared = new Writer()

/** Encodes one document. */
export function encode(value: Doc): Uint8Array {
  const w = shared
  w.pos = 0
  writeDocument(w, value, 1)
  const out = new Uint8Array(w.pos)
  out.set(w.buf.subarray(0, w.pos))
  if (w.buf.length > 4 << 20) {
    w.buf = Buffer.allocUnsafe(1024)
    w.view = new DataView(w.buf.buffer, w.buf.byteOffset, w.buf.byteLength)
  }
  return out
}

function writeDocument(w: Writer, value: Doc, depth: number): void {
  if (depth > MAX_DEPTH) throw new MongoError(15 /* Overflow */, `nested deeper than ${MAX_DEPTH} levels`)
  const start = w.need(4)
  for (const [key, v] of value) writeElement(w, key, v, depth)
  w.byte(0)
  w.view.setInt32(start, w.pos - start, true)
}

const indexNames = Array.from({ length: 1000 }, (_, i) => String(i))

function writeArray(w: Writer, value: Value[], depth: number): void {
  if (depth > MAX_DEPTH) throw new MongoError(15 /* Overflow */, `nested deeper than ${MAX_DEPTH} levels`)
  const start = w.need(4)
  for (let i = 0; i < value.length; i++) writeElement(w, indexNames[i] ?? String(i), value[i]!, depth)
  w.byte(0)
  w.view.setInt32(start, w.pos - start, true)
}

/** BSON's type byte. */
export function typeByte(value: Value): number {
  switch (typeof value) {
    case 'number':
      return 0x01
    case 'string':
      return 0x02
    case 'boolean':
      return 0x08
    case 'bigint':
      return 0x12
  }
  if (value === null) return 0x0a
  if (value instanceof Int32) return 0x10
  if (value instanceof Map || value instanceof Raw) return 0x03
  if (Array.isArray(value)) return 0x04
  if (value instanceof ObjectId) return 0x07
  if (value instanceof DateTime) return 0x09
  if (value instanceof Binary) return 0x05
  if (value instanceof Decimal) return 0x13
  if (value instanceof Timestamp) return 0x11
  if (value instanceof Regex) return 0x0b
  if (value instanceof Code) return value.scope ? 0x0f : 0x0d
  if (value instanceof BsonSymbol) return 0x0e
  if (value instanceof DbPointer) return 0x0c
  if (value instanceof Undefined) return 0x06
  return value instanceof MinKey ? 0xff : 0x7f
}

function writeElement(w: Writer, key: string, value: Value, depth: number): void {
  w.byte(typeByte(value))
  w.cstring(key)
  if (typeof value === 'number') {
    const at = w.need(8)
    w.view.setFloat64(at, value, true)
  } else if (typeof value === 'string') w.string(value)
  else if (typeof value === 'boolean') w.byte(value ? 1 : 0)
  else if (typeof value === 'bigint') w.int64(value)
  else if (value instanceof Int32) w.int32(value.value)
  else if (value === null || value instanceof Undefined || value instanceof MinKey || value instanceof MaxKey)
    return
  else if (value instanceof Map) writeDocument(w, value, depth + 1)
  else if (Array.isArray(value)) writeArray(w, value, depth + 1)
  else if (value instanceof Raw || value instanceof ObjectId) w.bytes(value.bytes)
  else if (value instanceof DateTime) w.int64(value.ms)
  else if (value instanceof Binary) writeBinary(w, value)
  else if (value instanceof Decimal) {
    const at = w.need(16)
    writeDecimal(w.view, at, value)
  } else if (value instanceof Timestamp) {
    const at = w.need(8)
    w.view.setUint32(at, value.i, true)
    w.view.setUint32(at + 4, value.t, true)
  } else if (value instanceof Regex) {
    w.cstring(value.pattern)
    w.cstring(value.flags)
  } else if (value instanceof Code) writeCode(w, value, depth)
  else if (value instanceof BsonSymbol) w.string(value.value)
  else {
    w.string(value.ns)
    w.bytes(value.id.bytes)
  }
}

function writeBinary(w: Writer, value: Binary): void {
  const old = value.subtype === 2
  w.int32(value.bytes.length + (old ? 4 : 0))
  w.byte(value.subtype)
  if (old) w.int32(value.bytes.length)
  w.bytes(value.bytes)
}

function writeCode(w: Writer, value: Code, depth: number): void {
  if (!value.scope) {
    w.string(value.code)
    return
  }
  const start = w.need(4)
  w.string(value.code)
  writeDocument(w, value.scope, depth + 1)
  w.view.setInt32(start, w.pos - start, true)
}
