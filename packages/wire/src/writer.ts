import type { Socket } from 'node:net'
import { ANSWER_HEAD_BYTES } from './messages.ts'
import { Frame, HEADER_BYTES, MAX_PAYLOAD } from './protocol.ts'

const BATCH_BYTES = 64 * 1024
/** From this size on DATA is written as it is instead of being copied into the batch. */
const LARGE_BYTES = 4 * 1024
const KEPT = 16

const free: Buffer[] = []

/**
 * Writes frames to a socket. What is written in one turn of the event loop goes out together when the turn is over: one
 * system call for many small requests or answers.
 */
export class FrameWriter {
  readonly #socket: Socket
  #batch: Buffer | null = null
  #used = 0
  #scheduled = false
  readonly #flush = () => this.flush()

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** The other side does not keep up: write nothing large before the socket's `drain`. */
  get full(): boolean {
    return this.#socket.writableNeedDrain
  }

  /** @param text of Latin-1 characters, at most MAX_PAYLOAD of them */
  text(type: number, stream: number, text: string): void {
    const at = this.#header(type, stream, text.length)
    this.#used += this.#batch!.write(text, at, 'latin1')
  }

  /** A frame without payload. */
  signal(type: typeof Frame.END | typeof Frame.RESET, stream: number): void {
    this.#header(type, stream, 0)
  }

  /** A frame whose payload is a number of 4 bytes. */
  number(type: typeof Frame.CREDIT | typeof Frame.GOAWAY, stream: number, value: number): void {
    const at = this.#header(type, stream, 4)
    this.#batch!.writeUInt32LE(value, at)
    this.#used += 4
  }

  /** @param bytes belong to the writer from now on */
  data(stream: number, bytes: Buffer): void {
    if (bytes.length < LARGE_BYTES) {
      const at = this.#header(Frame.DATA, stream, bytes.length)
      this.#used += bytes.copy(this.#batch!, at)
      return
    }
    this.#socket.cork()
    this.flush()
    for (let from = 0; from < bytes.length; from += MAX_PAYLOAD) {
      const part = bytes.subarray(from, from + MAX_PAYLOAD)
      // Not a batch for 8 bytes: so many large buffers keep the collector busy.
      const header = Buffer.allocUnsafe(HEADER_BYTES)
      putHeader(header, 0, Frame.DATA, stream, part.length)
      this.#socket.write(header)
      this.#socket.write(part)
    }
    this.#socket.uncork()
  }

  /**
   * A whole answer in one frame.
   * @param fields Latin-1, as `Answer.fields`
   * @param body a string is written as UTF-8
   * @returns false: it does not fit into one, and nothing was written
   */
  answer(stream: number, status: number, fields: string, body: string | Buffer): boolean {
    const most =
      ANSWER_HEAD_BYTES + fields.length + (typeof body === 'string' ? body.length * 3 : body.length)
    if (most > MAX_PAYLOAD) {
      return typeof body === 'string' && body.length <= MAX_PAYLOAD
        ? this.answer(stream, status, fields, Buffer.from(body))
        : false
    }
    const at = this.#header(Frame.ANSWER, stream, 0, most)
    const batch = this.#batch!
    batch[at] = status & 0xff
    batch[at + 1] = status >> 8
    batch[at + 2] = fields.length & 0xff
    batch[at + 3] = fields.length >> 8
    let end = at + ANSWER_HEAD_BYTES
    end += batch.write(fields, end, 'latin1')
    end += typeof body === 'string' ? batch.write(body, end) : body.copy(batch, end)
    setLength(batch, at - HEADER_BYTES, end - at)
    this.#used = end
    return true
  }

  /** Sends at once what waits for the end of the turn. */
  flush(): void {
    this.#scheduled = false
    const batch = this.#batch
    if (batch === null) return
    const used = this.#used
    this.#batch = null
    this.#used = 0
    this.#socket.write(batch.subarray(0, used), () => {
      if (free.length < KEPT) free.push(batch)
    })
  }

  /** @returns where the payload begins, for which there is room in the batch */
  #header(type: number, stream: number, length: number, room = length): number {
    if (this.#batch !== null && this.#used + HEADER_BYTES + room > BATCH_BYTES) this.flush()
    if (this.#batch === null) {
      this.#batch = free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES)
      if (!this.#scheduled) {
        this.#scheduled = true
        setImmediate(this.#flush)
      }
    }
    const at = this.#used
    putHeader(this.#batch, at, type, stream, length)
    this.#used = at + HEADER_BYTES
    return this.#used
  }
}

function putHeader(bytes: Buffer, at: number, type: number, stream: number, length: number): void {
  setLength(bytes, at, length)
  bytes[at + 3] = type
  bytes[at + 4] = stream & 0xff
  bytes[at + 5] = (stream >> 8) & 0xff
  bytes[at + 6] = (stream >> 16) & 0xff
  bytes[at + 7] = stream >>> 24
}

function setLength(batch: Buffer, at: number, length: number): void {
  batch[at] = length & 0xff
  batch[at + 1] = (length >> 8) & 0xff
  batch[at + 2] = length >> 16
}
