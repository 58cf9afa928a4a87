import type { Upstream } from '@lathe/shared'
import {
  decodeAnswer,
  FRAMES_PATH,
  FRAMES_PROTOCOL,
  Frame,
  FrameReader,
  FrameWriter,
  MAX_STREAM,
} from '@lathe/wire'
import { FrameCall } from './frame-call.ts'
import type { UpstreamOwner } from './upstream-call.ts'
import type { UpstreamPool } from './upstream-pool.ts'
import { connectSocket, UpstreamSocket } from './upstream-socket.ts'

const UPGRADE = `GET ${FRAMES_PATH} HTTP/1.1\r\nHost: runtime\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`
const UPGRADED = /^HTTP\/1\.1 101 [^\r\n]*\r\n/
const MAX_UPGRADED = 1024

/**
 * The one connection to a runtime that speaks frames: all requests are streams on it. The runtime is taken for hostile,
 * since an app's code may find its end of the socket: the first breach of the rules ends the connection.
 */
export class FrameLink {
  readonly pool: UpstreamPool
  readonly writer: FrameWriter
  /** Requests may be written. */
  open = false
  readonly #socket: UpstreamSocket
  readonly #reader = new FrameReader(
    [Frame.DATA, Frame.END, Frame.RESET, Frame.CREDIT, Frame.ANSWER, Frame.GOAWAY],
    { copies: true },
  )
  /** Calls that wait for the connection. */
  readonly #waiting = new Set<FrameCall>()
  readonly #calls = new Map<number, FrameCall>()
  /** Calls with more to write than the connection takes. */
  readonly #full = new Set<FrameCall>()
  #last = 0
  /** The beginning of the answer to the upgrade; null when it has come. */
  #upgraded: Buffer | null = Buffer.alloc(0)
  #leaving = false
  #closed = false

  constructor(pool: UpstreamPool, upstream: Upstream) {
    this.pool = pool
    this.#socket = new UpstreamSocket((bytes) => this.#receive(bytes))
    this.writer = new FrameWriter(this.#socket)
    this.#socket
      .on('connect', () => this.#onConnect())
      .on('drain', () => this.#onDrain())
      .on('end', () => this.#close())
      // `close` follows and says all that matters.
      .on('error', () => {})
      .on('close', () => this.#close())
    connectSocket(this.#socket, upstream)
  }

  /** A call that may begin at once when the link is open, else after `onUpstreamOpen`. */
  call(owner: UpstreamOwner): FrameCall {
    const call = new FrameCall(this, owner)
    if (!this.open) this.#waiting.add(call)
    return call
  }

  /** @returns the number of a new stream */
  begin(call: FrameCall): number {
    this.#calls.set(++this.#last, call)
    if (this.#last === MAX_STREAM) this.leave()
    return this.#last
  }

  forget(call: FrameCall, stream: number): void {
    this.#waiting.delete(call)
    this.#full.delete(call)
    this.#calls.delete(stream)
    if (this.#leaving && this.#calls.size === 0 && this.#waiting.size === 0) this.#close()
  }

  /** @returns whether the connection takes more; if not, the call's owner hears of it when it does */
  takesMore(call: FrameCall): boolean {
    if (!this.writer.full) return true
    this.#full.add(call)
    return false
  }

  /** Nothing new begins here; it closes when what is under way is over. */
  leave(): void {
    this.#leaving = true
    this.pool.forgetLink(this)
    if (this.#calls.size === 0 && this.#waiting.size === 0) this.#close()
  }

  #onConnect(): void {
    this.#socket.write(UPGRADE, 'latin1')
    this.open = true
    this.pool.markUp()
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const call of waiting) call.owner?.onUpstreamOpen()
  }

  #onDrain(): void {
    const full = [...this.#full]
    this.#full.clear()
    for (const call of full) call.onDrain()
  }

  #receive(bytes: Buffer): void {
    const rest = this.#upgraded === null ? bytes : this.#takeUpgraded(bytes)
    if (rest === null) return
    const reader = this.#reader
    reader.push(rest)
    while (!this.#closed && reader.next()) this.#take(reader)
    if (reader.broken) this.#close()
  }

  #take(reader: FrameReader): void {
    const { type, stream, bytes, start, end } = reader
    if (type === Frame.GOAWAY) {
      this.#onGoAway(reader.number())
      return
    }
    const call = this.#calls.get(stream)
    if (call === undefined) {
      // What is over may have crossed; what never began may not be.
      if (stream > this.#last) this.#close()
      return
    }
    switch (type) {
      case Frame.ANSWER: {
        const answer = decodeAnswer(bytes, start, end)
        if (answer === null) this.#close()
        else call.onAnswer(answer.status, answer.fields, bytes.subarray(answer.bodyStart, end))
        return
      }
      case Frame.DATA:
        if (start < end && !call.onData(bytes.subarray(start, end))) this.#close()
        return
      case Frame.END:
        call.onEnd()
        return
      case Frame.RESET:
        call.onReset()
        return
      case Frame.CREDIT:
        if (!call.onCredit(reader.number())) this.#close()
    }
  }

  /** @returns what follows the answer to the upgrade, or null */
  #takeUpgraded(bytes: Buffer): Buffer | null {
    const all = Buffer.concat([this.#upgraded!, bytes])
    const end = all.indexOf('\r\n\r\n', 0, 'latin1')
    this.#upgraded = end < 0 ? all : null
    if (end > MAX_UPGRADED || (end < 0 && all.length > MAX_UPGRADED)) this.#close()
    else if (end >= 0 && !UPGRADED.test(all.toString('latin1', 0, end + 4))) this.#close()
    else if (end >= 0) return all.subarray(end + 4)
    return null
  }

  #onGoAway(last: number): void {
    this.leave()
    for (const [stream, call] of this.#calls) if (stream > last) call.onUnserved()
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    this.open = false
    this.pool.forgetLink(this)
    this.#socket.destroy()
    const calls = [...this.#waiting, ...this.#calls.values()]
    this.#waiting.clear()
    this.#calls.clear()
    for (const call of calls) call.onClosed()
  }
}
