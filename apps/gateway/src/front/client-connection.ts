import type { Socket } from 'node:net'
import { BodyMeter } from '../http/body-meter.ts'
import { GatewayError, problems } from '../http/errors.ts'
import { parseRequestHead, type RequestHead } from '../http/request-head.ts'
import type { FrontContext } from './context.ts'
import { dispatch, refuseUnparsed } from './dispatch.ts'
import type { RequestHandler } from './handler.ts'
import { findHeadEnd } from './head-end.ts'
import { type Peer, peerOf } from './peer.ts'
import { writeCopy } from './write-copy.ts'

/** Body bytes that arrive after the answer are read and dropped up to here, to keep the connection. */
const DISCARD_BYTES = 256 * 1024
/** Pipelined bytes that wait while a request is answered; beyond, the socket is not read. */
const PENDING_BYTES = 64 * 1024

type State = 'head' | 'busy' | 'discard' | 'closing' | 'tunnel'

/**
 * One connection of a client: reads requests one after another (HTTP/1.1 pipelining waits its turn), hands each to its
 * handler and keeps the deadlines of the client's side.
 */
export class ClientConnection {
  readonly context: FrontContext
  readonly socket: Socket
  readonly peer: Peer
  #state: State = 'head'
  #handler: RequestHandler | null = null
  #head: RequestHead | null = null
  #meter: BodyMeter | null = null
  /** Bytes that came and were not taken yet. */
  #pending: Buffer | null = null
  #scanned = 0
  #pumping = false
  #wantsBody = false
  #bodyPaused = false
  #discardLeft = 0
  #continued = false
  /** Something of the current request's answer is written. */
  #answered = false
  /** On the coarse clock; Infinity when nothing is awaited from the client. */
  #deadline: number
  #unsent = 0
  #stuckSince = 0

  constructor(context: FrontContext, socket: Socket) {
    this.context = context
    this.socket = socket
    this.peer = peerOf(socket)
    this.#deadline = context.now + context.limits.headMs
    socket
      .on('data', (bytes: Buffer) => this.#onData(bytes))
      .on('drain', () => this.#handler?.onClientDrain())
      .on('end', () => this.#onEnd())
      // `close` follows and says all that matters.
      .on('error', () => {})
      .on('close', () => this.#gone())
  }

  /** The request's body has arrived in full (or it has none). */
  get bodyDone(): boolean {
    return this.#meter === null || this.#meter.done
  }

  /** Writes part of an answer. False: wait for `onClientDrain`. */
  write(data: string | Buffer): boolean {
    this.#answered = true
    return typeof data === 'string' ? this.socket.write(data, 'latin1') : this.socket.write(data)
  }

  /** Writes bytes of an answer that are only valid until this returns. False: wait for `onClientDrain`. */
  writeCopy(bytes: Buffer): boolean {
    this.#answered = true
    return writeCopy(this.socket, bytes)
  }

  /** Lets the request's body flow to the handler. */
  readBody(): void {
    this.#wantsBody = true
    this.#bodyPaused = false
    if (!this.bodyDone) this.#deadline = this.context.now + this.context.limits.bodyIdleMs
    this.#pump()
    if (!this.#bodyPaused) this.socket.resume()
  }

  pauseBody(): void {
    this.#bodyPaused = true
    this.#deadline = Number.POSITIVE_INFINITY
    this.socket.pause()
  }

  /** An interim `100 Continue` was passed on: the client sends its body. */
  noteContinue(): void {
    this.#continued = true
  }

  /** The answer is written. @param keepAlive false when the client was told that the connection ends */
  finish(keepAlive: boolean): void {
    const head = this.#head
    this.#handler = null
    this.#head = null
    this.#wantsBody = false
    this.#deadline = this.context.now + this.context.limits.idleMs
    const waitsForContinue = head?.expectContinue === true && !this.#continued
    if (!keepAlive || this.context.draining || (!this.bodyDone && waitsForContinue)) {
      this.close()
      return
    }
    this.#state = this.bodyDone ? 'head' : 'discard'
    this.#discardLeft = DISCARD_BYTES
    if (this.socket.isPaused()) this.socket.resume()
    if (this.#pending) this.#pump()
  }

  /** Sends what is written, then closes; what the client still sends is dropped for a moment, not reset. */
  close(): void {
    if (this.#state === 'closing') return
    this.#state = 'closing'
    this.#pending = null
    this.#deadline = Number.POSITIVE_INFINITY
    this.socket.resume()
    this.socket.end(() => {
      this.#deadline = this.context.now + this.context.limits.lingerMs
    })
  }

  /** The answer cannot be completed: the client sees the connection break. */
  abort(): void {
    this.#handler = null
    this.socket.destroy()
  }

  /** Hands the socket over to a tunnel. @returns bytes that the client sent after its request */
  detach(): Buffer | null {
    this.#state = 'tunnel'
    this.#handler = null
    this.#deadline = Number.POSITIVE_INFINITY
    for (const event of ['data', 'drain', 'end']) this.socket.removeAllListeners(event)
    const rest = this.#pending
    this.#pending = null
    return rest
  }

  timedOut(appid: string, requestId: string, functionName: string): void {
    if (this.#state === 'busy') this.#handler?.onTimedOut(appid, requestId, functionName)
  }

  /** The gateway shuts down: ends at once what has no request to finish. */
  shutdown(): void {
    if (this.#state === 'busy') this.#handler?.onShutdown()
    else if (this.#state === 'tunnel') this.socket.destroy()
    else this.close()
  }

  /** Looks at the deadlines. `now` is on the coarse clock. */
  check(now: number): void {
    this.#handler?.check(now)
    if (now >= this.#deadline) this.#late()
    const unsent = this.#state === 'tunnel' ? 0 : this.socket.writableLength
    if (unsent === 0 || unsent !== this.#unsent) this.#stuckSince = now
    else if (now - this.#stuckSince >= this.context.limits.slowReadMs) this.socket.destroy()
    this.#unsent = unsent
  }

  #late(): void {
    if (this.#state === 'closing' || (this.#state === 'head' && this.#pending === null)) this.socket.destroy()
    else if (this.#state === 'discard') this.close()
    else this.#refuse(problems.requestTimeout())
  }

  #onData(bytes: Buffer): void {
    if (this.#state === 'closing') return
    this.#pending = this.#pending ? Buffer.concat([this.#pending, bytes]) : bytes
    this.#pump()
  }

  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    let moved = true
    while (moved && this.#pending) {
      if (this.#state === 'head') moved = this.#takeHead(this.#pending)
      else if (this.#state === 'busy' && !(this.#wantsBody && !this.bodyDone && !this.#bodyPaused))
        moved = false
      else if (this.#state === 'busy' || this.#state === 'discard') this.#takeBody(this.#pending)
      else moved = false
    }
    this.#pumping = false
    if (this.#pending && this.#state === 'busy' && this.#pending.length > PENDING_BYTES) this.socket.pause()
  }

  /** @returns whether a whole head was there */
  #takeHead(bytes: Buffer): boolean {
    const { limits, now } = this.context
    try {
      // One empty line before a request is skipped (RFC 9112, 2.2).
      const start = bytes[0] === 0x0d && bytes[1] === 0x0a ? 2 : 0
      const end = findHeadEnd(bytes, start, this.#scanned, limits.headerBytes)
      if (end < 0) {
        if (this.#scanned === 0) this.#deadline = now + limits.headMs
        this.#scanned = bytes.length
        return false
      }
      this.#scanned = 0
      const head = parseRequestHead(bytes.toString('latin1', start, end + 2))
      this.#pending = end + 4 < bytes.length ? bytes.subarray(end + 4) : null
      this.#begin(head)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      this.#refuse(error)
    }
    return true
  }

  #begin(head: RequestHead): void {
    this.#state = 'busy'
    this.#head = head
    this.#meter = head.bodyLength === 0 ? null : new BodyMeter(head.bodyLength)
    this.#continued = false
    this.#answered = false
    this.#deadline = Number.POSITIVE_INFINITY
    dispatch(this, head, (handler) => {
      this.#handler = handler
    })
  }

  #takeBody(bytes: Buffer): void {
    const meter = this.#meter!
    const end = meter.feed(bytes, 0)
    if (end < 0) {
      this.#refuse(new GatewayError(400, 'BAD_REQUEST', 'The request body is not in proper chunked coding.'))
      return
    }
    this.#pending = end < bytes.length ? bytes.subarray(end) : null
    if (this.#state === 'discard') {
      this.#discardLeft -= end
      if (meter.done) this.#state = 'head'
      else if (this.#discardLeft < 0) this.close()
      return
    }
    this.#deadline = meter.done ? Number.POSITIVE_INFINITY : this.context.now + this.context.limits.bodyIdleMs
    this.#handler?.onRequestBody(end < bytes.length ? bytes.subarray(0, end) : bytes)
  }

  /** Answers an error where an answer is still possible, and ends the connection. */
  #refuse(error: GatewayError): void {
    const handler = this.#handler
    this.#handler = null
    handler?.onClientGone()
    this.#pending = null
    if (this.#state === 'busy' && this.#answered) {
      this.socket.destroy()
      return
    }
    refuseUnparsed(this, error)
    this.close()
  }

  #onEnd(): void {
    if (this.#state === 'busy') this.#gone()
    else this.socket.end()
  }

  #gone(): void {
    const handler = this.#handler
    this.#handler = null
    this.#pending = null
    handler?.onClientGone()
    this.socket.destroy()
  }
}
