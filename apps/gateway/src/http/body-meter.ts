import { ChunkScanner } from './chunk-scanner.ts'
import { CHUNKED } from './request-head.ts'
import { UNTIL_CLOSE } from './response-head.ts'

/** Finds the end of a message body in a stream of bytes; the bytes themselves are passed on as they are. */
export class BodyMeter {
  done: boolean
  #left: number
  readonly #scanner: ChunkScanner | null

  /** @param length bytes, CHUNKED or UNTIL_CLOSE */
  constructor(length: number) {
    this.#scanner = length === CHUNKED ? new ChunkScanner() : null
    this.#left = length === UNTIL_CLOSE ? Number.POSITIVE_INFINITY : Math.max(0, length)
    this.done = length === 0
  }

  /**
   * @param payload gets the body without its framing, in views of `bytes`
   * @returns the index after the last byte that belongs to this body; sets `done` when the body ends there.
   *   -1 when chunked coding is violated.
   */
  feed(bytes: Buffer, from: number, payload?: (part: Buffer) => void): number {
    if (this.#scanner) {
      const end = this.#scanner.feed(bytes, from, payload)
      this.done = this.#scanner.done
      return end
    }
    const take = Math.min(this.#left, bytes.length - from)
    this.#left -= take
    this.done = this.#left === 0
    if (payload && take > 0) payload(bytes.subarray(from, from + take))
    return from + take
  }
}
