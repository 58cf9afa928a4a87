import { TOKEN, VALUE } from './syntax.ts'

const SIZE = 0
const EXTENSION = 1
const SIZE_LF = 2
const DATA = 3
const DATA_CR = 4
const DATA_LF = 5
const TRAILER_START = 6
const TRAILER_NAME = 7
const TRAILER_VALUE = 8
const TRAILER_LF = 9
const END_LF = 10

const MAX_SIZE_DIGITS = 8
const MAX_EXTENSION = 256
const MAX_TRAILERS = 8192
const CR = 0x0d
const LF = 0x0a

/**
 * Walks chunked transfer coding (RFC 9112, 7.1) without copying it. Stricter than the grammar: at most 8 hex digits,
 * no blanks before the CRLF, no bare CR or LF anywhere, bounded extensions and trailers. What passes reads the same
 * to every parser, so the bytes can be passed on as they are.
 */
export class ChunkScanner {
  done = false
  #state = SIZE
  #size = 0
  #digits = 0
  #extra = 0

  /**
   * @param payload gets the data of chunks, in views of `bytes`
   * @returns the index after the last byte of the body (the end of `bytes` until `done`), or -1 on a violation
   */
  feed(bytes: Buffer, from: number, payload?: (part: Buffer) => void): number {
    let i = from
    while (i < bytes.length && !this.done) {
      if (this.#state === DATA) {
        const take = Math.min(this.#size, bytes.length - i)
        this.#size -= take
        payload?.(bytes.subarray(i, i + take))
        i += take
        if (this.#size === 0) this.#state = DATA_CR
      } else if (!this.#step(bytes[i++]!)) {
        return -1
      }
    }
    return i
  }

  #step(byte: number): boolean {
    switch (this.#state) {
      case SIZE:
        return this.#sizeByte(byte)
      case EXTENSION:
        if (byte === CR) this.#state = SIZE_LF
        return byte === CR || (VALUE[byte] === 1 && ++this.#extra <= MAX_EXTENSION)
      case SIZE_LF:
        this.#state = this.#size === 0 ? TRAILER_START : DATA
        this.#digits = 0
        this.#extra = 0
        return byte === LF
      case DATA_CR:
        this.#state = DATA_LF
        return byte === CR
      case DATA_LF:
        this.#state = SIZE
        return byte === LF
      default:
        return ++this.#extra <= MAX_TRAILERS && this.#trailerByte(byte)
    }
  }

  #sizeByte(byte: number): boolean {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit
      return ++this.#digits <= MAX_SIZE_DIGITS
    }
    if (this.#digits === 0) return false
    if (byte === CR) this.#state = SIZE_LF
    else this.#state = EXTENSION
    return byte === CR || byte === 0x3b
  }

  #trailerByte(byte: number): boolean {
    switch (this.#state) {
      case TRAILER_START:
        this.#state = byte === CR ? END_LF : TRAILER_NAME
        return byte === CR || TOKEN[byte] === 1
      case TRAILER_NAME:
        if (byte === 0x3a) this.#state = TRAILER_VALUE
        return byte === 0x3a || TOKEN[byte] === 1
      case TRAILER_VALUE:
        if (byte === CR) this.#state = TRAILER_LF
        return byte === CR || VALUE[byte] === 1
      case TRAILER_LF:
        this.#state = TRAILER_START
        return byte === LF
      default:
        this.done = byte === LF
        return this.done
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
