import { FIXED_LENGTH, Frame, HEADER_BYTES, MAX_PAYLOAD } from './protocol.ts'

/**
 * Takes frames out of a stream of bytes. It holds its place, so that whoever is interrupted between two frames can go
 * on later:
 *
 *     reader.push(bytes)
 *     while (reader.next()) use(reader.type, reader.stream, reader.bytes, reader.start, reader.end)
 *     if (reader.broken) close()
 *
 * The payload of DATA comes in as many pieces as it arrived in, without being gathered; others come whole.
 */
export class FrameReader {
  type = 0
  stream = 0
  /** Where the payload stands, until the next call. */
  bytes: Buffer = EMPTY
  start = 0
  end = 0
  /** The other side broke the rules: nothing that follows can be understood. */
  broken = false
  readonly #allowed: number
  readonly #copies: boolean
  /** What was not taken yet begins here. */
  #at = 0
  /** Bytes of DATA that are still to come in the frame that was begun. */
  #left = 0

  /**
   * @param types what the other side may send
   * @param copies what is pushed is only valid until `next` has said false: it copies what it keeps
   */
  constructor(types: readonly number[], { copies = false } = {}) {
    this.#allowed = types.reduce((mask, type) => mask | (1 << type), 0)
    this.#copies = copies
  }

  push(bytes: Buffer): void {
    this.bytes = this.#at < this.bytes.length ? Buffer.concat([this.bytes.subarray(this.#at), bytes]) : bytes
    this.#at = 0
  }

  /** @returns whether there was one; false also when the rules were broken */
  next(): boolean {
    if (this.broken) return false
    const { bytes } = this
    const at = this.#at
    const there = bytes.length - at
    if (this.#left > 0) return there > 0 && this.#piece(at)
    if (there < HEADER_BYTES) return this.#wait()
    const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)
    const type = bytes[at + 3]!
    const stream =
      (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24)) >>> 0
    if (!this.#proper(type, stream, length)) {
      this.broken = true
      return false
    }
    if (type === Frame.DATA) {
      this.type = type
      this.stream = stream
      this.#left = length
      return this.#piece(at + HEADER_BYTES)
    }
    if (there < HEADER_BYTES + length) return this.#wait()
    this.type = type
    this.stream = stream
    this.start = at + HEADER_BYTES
    this.end = this.#at = this.start + length
    return true
  }

  /** The number that a payload of 4 bytes is. */
  number(): number {
    return this.bytes.readUInt32LE(this.start)
  }

  #proper(type: number, stream: number, length: number): boolean {
    if (type > 31 || (this.#allowed & (1 << type)) === 0 || length > MAX_PAYLOAD) return false
    if ((stream === 0) !== (type === Frame.GOAWAY)) return false
    const fixed = FIXED_LENGTH[type]
    return fixed === undefined || fixed === length
  }

  #piece(at: number): boolean {
    this.start = at
    this.end = this.#at = Math.min(this.bytes.length, at + this.#left)
    this.#left -= this.end - at
    return true
  }

  #wait(): false {
    if (this.#at === this.bytes.length) this.bytes = EMPTY
    else if (this.#copies) this.bytes = Buffer.from(this.bytes.subarray(this.#at))
    else this.bytes = this.bytes.subarray(this.#at)
    this.#at = 0
    return false
  }
}

const EMPTY = Buffer.alloc(0)
