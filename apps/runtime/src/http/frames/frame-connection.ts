import type { Socket } from 'node:net'
import { decodeRequest, Frame, FrameReader, FrameWriter } from '@lathe/wire'
import type { HandleRequest } from '../server.ts'
import { FrameStream } from './frame-stream.ts'

/** Answers wait this long at most for those of other requests in the same batch. */
const FLUSH_MS = 1
/** So long requests are begun one after the other before the event loop gets a turn. */
const TURN_MS = 10

/**
 * What Node does between two callbacks of its own: settled promises go on. A handler that is stopped by the watchdog in
 * a continuation takes those of its own request with it, and not those of all requests that came in one batch.
 */
const runContinuations: () => void = (process as unknown as { _tickCallback(): void })._tickCallback

/** The runtime's end of a connection in frames. */
export class FrameConnection {
  readonly writer: FrameWriter
  readonly #socket: Socket
  readonly #handle: HandleRequest
  readonly #onClose: () => void
  readonly #reader = new FrameReader([Frame.REQUEST, Frame.DATA, Frame.END, Frame.RESET, Frame.CREDIT])
  readonly #streams = new Map<number, FrameStream>()
  readonly #full = new Set<FrameStream>()
  readonly #resume = () => {
    this.#waiting = false
    this.#process()
  }
  #last = 0
  /** Takes no new streams. */
  #leaving = false
  /** More is there than was processed. */
  #waiting = false

  constructor(socket: Socket, handle: HandleRequest, onClose: () => void) {
    this.#socket = socket
    this.#handle = handle
    this.#onClose = onClose
    this.writer = new FrameWriter(socket)
    socket
      .on('data', (bytes: Buffer) => this.receive(bytes))
      .on('drain', () => this.#onDrain())
      .on('end', () => this.#closed())
      .on('error', () => {})
      .on('close', () => this.#closed())
  }

  receive(bytes: Buffer): void {
    this.#reader.push(bytes)
    if (!this.#waiting) this.#process()
  }

  /** What was to follow when the watchdog unwound the main thread does not follow by itself. */
  recover(): void {
    this.writer.flush()
    this.#resume()
  }

  /**
   * Begins the requests that have come. It can be called again after it was cut off: by an exception out of
   * `process.nextTick`, or by the watchdog, which unwinds even `finally`.
   */
  #process(): void {
    const reader = this.#reader
    let flushAt = 0
    let yieldAt = 0
    let whole = false
    try {
      while (reader.next()) {
        if (!this.#take(reader)) continue
        runContinuations()
        const now = performance.now()
        if (flushAt === 0) {
          flushAt = now + FLUSH_MS
          yieldAt = now + TURN_MS
        } else if (now > yieldAt) return
        else if (now > flushAt) {
          this.writer.flush()
          flushAt = now + FLUSH_MS
        }
      }
      whole = true
    } finally {
      if (!whole) this.#later()
    }
    if (this.#socket.isPaused()) this.#socket.resume()
    if (reader.broken) this.#socket.destroy()
  }

  /** Takes no new requests, and closes when those under way are answered. */
  leave(): void {
    if (this.#leaving) return
    this.#leaving = true
    this.writer.number(Frame.GOAWAY, 0, this.#last)
    this.#endIfIdle()
  }

  forget(stream: FrameStream): void {
    this.#full.delete(stream)
    this.#streams.delete(stream.id)
    if (this.#leaving) this.#endIfIdle()
  }

  /** @returns whether the connection takes more; if not, the stream hears of it when it does */
  takesMore(stream: FrameStream): boolean {
    if (!this.writer.full) return true
    this.#full.add(stream)
    return false
  }

  /** @returns whether the app's code was called */
  #take({ type, stream: id, bytes, start, end }: FrameReader): boolean {
    if (type === Frame.REQUEST) return this.#begin(id, bytes, start, end)
    const stream = this.#streams.get(id)
    if (stream === undefined) {
      // What is over may have crossed; what never began may not be.
      if (id > this.#last && !this.#leaving) this.#socket.destroy()
      return false
    }
    switch (type) {
      case Frame.DATA:
        if (!stream.onData(bytes.subarray(start, end))) this.#socket.destroy()
        break
      case Frame.END:
        stream.onEnd()
        break
      case Frame.RESET:
        stream.onReset()
        break
      case Frame.CREDIT:
        stream.onCredit(bytes.readUInt32LE(start))
    }
    return false
  }

  #begin(id: number, bytes: Buffer, start: number, end: number): boolean {
    if (this.#leaving) return false
    const request = decodeRequest(bytes, start, end)
    if (request === null || id <= this.#last) {
      this.#socket.destroy()
      return false
    }
    this.#last = id
    const stream = new FrameStream(this, id, request)
    this.#streams.set(id, stream)
    this.#handle(stream.request, stream.response)
    return true
  }

  #later(): void {
    if (this.#waiting) return
    this.#waiting = true
    this.#socket.pause()
    setImmediate(this.#resume)
  }

  #onDrain(): void {
    const full = [...this.#full]
    this.#full.clear()
    for (const stream of full) stream.onDrain()
  }

  #endIfIdle(): void {
    if (this.#streams.size > 0) return
    this.writer.flush()
    this.#socket.end()
  }

  #closed(): void {
    this.#socket.destroy()
    const streams = [...this.#streams.values()]
    this.#streams.clear()
    for (const stream of streams) stream.onReset()
    this.#onClose()
  }
}
