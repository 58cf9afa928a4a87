import type { Socket } from 'node:net'
import type { Doc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import {
  encodeReply,
  frameLength,
  HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  type Message,
  ProtocolViolation,
  parseMessage,
} from './message.ts'

/** Before it has signed in, a client has no reason to send more than this. */
const MAX_BYTES_BEFORE_AUTH = 256 * 1024

export interface MessageHandler {
  readonly authenticated: boolean
  handle(message: Message): Promise<Doc>
  closed(): void
}

/** Cuts the byte stream of one client into messages and answers them in order, one at a time. */
export class WireConnection {
  readonly #socket: Socket
  readonly #handler: MessageHandler
  #chunks: Buffer[] = []
  #buffered = 0
  #busy = false
  #draining = false

  constructor(socket: Socket, handler: MessageHandler) {
    this.#socket = socket
    this.#handler = handler
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk)
      this.#buffered += chunk.length
      if (!this.#busy) void this.#work()
      // While a command runs, only so much is read ahead.
      else if (this.#buffered > MAX_MESSAGE_BYTES) socket.pause()
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => handler.closed())
  }

  /** Finishes what runs, then closes. */
  drain(): void {
    this.#draining = true
    if (!this.#busy) this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  async #work(): Promise<void> {
    this.#busy = true
    try {
      for (let frame = this.#next(); frame; frame = this.#next()) {
        const message = parseMessage(frame)
        const reply = await this.#handler.handle(message)
        if (!message.fireAndForget && this.#socket.writable) {
          if (!this.#socket.write(encodeReply(message, reply))) await this.#flushed()
        }
        if (this.#draining) {
          this.#socket.end()
          return
        }
      }
    } catch (error) {
      // Bytes that are no message cannot be answered: nobody knows where the next one begins.
      this.#socket.destroy()
      if (!(error instanceof ProtocolViolation) && !(error instanceof MongoError)) throw error
    } finally {
      this.#busy = false
    }
    this.#socket.resume()
  }

  #flushed(): Promise<void> {
    const socket = this.#socket
    return new Promise((resolve) => {
      const done = () => {
        socket.off('drain', done)
        socket.off('close', done)
        resolve()
      }
      socket.on('drain', done)
      socket.on('close', done)
    })
  }

  #next(): Buffer | undefined {
    if (this.#buffered < HEADER_BYTES || this.#socket.destroyed) return undefined
    if (this.#chunks[0]!.length < HEADER_BYTES) this.#join()
    const length = frameLength(
      this.#chunks[0]!,
      this.#handler.authenticated ? MAX_MESSAGE_BYTES : MAX_BYTES_BEFORE_AUTH,
    )
    if (this.#buffered < length) {
      this.#socket.resume()
      return undefined
    }
    this.#join()
    const all = this.#chunks[0]!
    const frame = all.subarray(0, length)
    this.#buffered -= length
    this.#chunks = this.#buffered > 0 ? [all.subarray(length)] : []
    return frame
  }

  #join(): void {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)]
  }
}
