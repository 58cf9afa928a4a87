import { ServerResponse } from 'node:http'
import { LatheResponse } from '../messages.ts'
import type { FrameRequest } from './frame-request.ts'
import type { FrameStream } from './frame-stream.ts'
import type { StreamSocket } from './stream-socket.ts'

/** What Node writes or counts by itself while it sends an answer in HTTP/1.1. */
const FRAMING = [
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

type WriteRaw = (this: ServerResponse, ...args: unknown[]) => boolean
const { _writeRaw: writeRaw } = ServerResponse.prototype as unknown as { _writeRaw: WriteRaw }

/**
 * Node's response, for a request that came in frames. An answer that is there as a whole leaves as one frame, without
 * being serialised to HTTP/1.1; whatever else a function does with its response works as it always does, and its bytes
 * travel in DATA frames.
 */
export class FrameResponse extends LatheResponse {
  readonly #stream: FrameStream
  #plain = true
  #needsDrain = false

  constructor(request: FrameRequest, stream: FrameStream) {
    super(request as never)
    this.#stream = stream
  }

  override setHeader(...args: Parameters<LatheResponse['setHeader']>): this {
    this.#plain = false
    return super.setHeader(...args)
  }

  override appendHeader(...args: Parameters<LatheResponse['appendHeader']>): this {
    this.#plain = false
    return super.appendHeader(...args)
  }

  override answer(body: string | Buffer, type: string | null): void {
    const fields = this.#fields(type)
    if (fields === null || !this.#stream.answer(this.statusCode, fields, body)) {
      super.answer(body, type)
      return
    }
    // From here on it is a response that was sent, for whoever still looks at it.
    const sent = this as unknown as { _header: string; finished: boolean }
    sent._header = 'sent in a frame'
    sent.finished = true
    if (this.listenerCount('finish') + this.listenerCount('close') > 0)
      process.nextTick(() => this.#announce())
  }

  override destroy(error?: Error): this {
    this.#stream.socket
    return super.destroy(error)
  }

  static {
    // Node's own knows of its HTTP server's sockets only.
    Object.defineProperty(FrameResponse.prototype, 'writableNeedDrain', {
      get(this: FrameResponse) {
        return this.#needsDrain && !this.destroyed && !this.writableEnded
      },
      configurable: true,
    })
  }

  /** Every byte that Node writes comes through here: the first one needs a socket. */
  _writeRaw(...args: unknown[]): boolean {
    if (!this.socket) this.#stream.socket
    const room = writeRaw.apply(this, args)
    if (!room) this.#needsDrain = true
    return room
  }

  /** Sends in HTTP/1.1 from here on what is not sent yet. */
  attach(socket: StreamSocket): void {
    this.assignSocket(socket as never)
    socket.on('drain', () => {
      this.#needsDrain = false
      if (!this.writableEnded) this.emit('drain')
    })
    this.once('finish', () => socket.end(() => socket.destroy()))
  }

  /** The fields of a whole answer as text; null when Node itself has to write it. */
  #fields(type: string | null): string | null {
    if (this.headersSent || this.statusMessage !== undefined) return null
    if (this.#plain) return type === null ? '' : `content-type: ${type}\r\n`
    if (FRAMING.some((name) => this.hasHeader(name))) return null
    let fields = type === null || this.hasHeader('content-type') ? '' : `content-type: ${type}\r\n`
    for (const name of this.getHeaderNames()) {
      const value = this.getHeader(name)!
      if (Array.isArray(value)) for (const one of value) fields += `${name}: ${one}\r\n`
      else fields += `${name}: ${value}\r\n`
    }
    return fields
  }

  #announce(): void {
    this.emit('finish')
    this.destroyed = true
    this.emit('close')
  }
}
