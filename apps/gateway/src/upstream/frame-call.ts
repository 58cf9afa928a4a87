import { CREDIT_BATCH, encodeRequest, FRAMES_WINDOW, Frame, MAX_OVERDRAFT, MAX_PAYLOAD } from '@lathe/wire'
import { BodyMeter } from '../http/body-meter.ts'
import { CHUNKED, type RequestHead } from '../http/request-head.ts'
import { fieldValue } from '../http/syntax.ts'
import type { FrameLink } from './frame-link.ts'
import type { OutgoingRequest, UpstreamCall, UpstreamOwner } from './upstream-call.ts'
import type { UpstreamPool } from './upstream-pool.ts'

/** What a REQUEST holds besides target and fields is far below this. */
const ROOM_FOR_THE_REST = 4 * 1024
/** More credit than this nobody can have been given. */
const MAX_CREDIT = FRAMES_WINDOW

/** Bodies above it cost less on a connection of their own, which no frames cut up (measured in bench). */
const LARGE_BODY = 256 * 1024

/** Frames carry neither WebSockets nor HTTP/1.0 nor trailers of requests nor large bodies: these go in HTTP/1.1. */
export function isFramed(head: RequestHead): boolean {
  return (
    !head.upgrade &&
    !head.http10 &&
    head.bodyLength <= LARGE_BODY &&
    head.fields.length + head.target.length < MAX_PAYLOAD - ROOM_FOR_THE_REST &&
    (head.bodyLength !== CHUNKED || fieldValue(head.fields, 'trailer') === undefined)
  )
}

/** One request as a stream of a link. */
export class FrameCall implements UpstreamCall {
  owner: UpstreamOwner | null
  readonly reused = false
  readonly #link: FrameLink
  #stream = 0
  #meter: BodyMeter | null = null
  /** Bytes that the runtime takes at once. */
  #credit = FRAMES_WINDOW
  /** Bytes that came since the runtime was last given credit. */
  #taken = 0
  #paused = false

  constructor(link: FrameLink, owner: UpstreamOwner) {
    this.#link = link
    this.owner = owner
  }

  get pool(): UpstreamPool {
    return this.#link.pool
  }

  begin({ head, forwarded, requestId, runToken }: OutgoingRequest): void {
    const { method, target, bodyLength, fields, expectContinue } = head
    const hasBody = bodyLength !== 0
    this.#stream = this.#link.begin(this)
    const request = {
      method,
      target,
      requestId,
      runToken: runToken ?? '',
      fields: `${fields}${forwarded}${expectContinue ? 'expect: 100-continue\r\n' : ''}`,
      hasBody,
      expectsContinue: expectContinue,
    }
    this.#link.writer.text(Frame.REQUEST, this.#stream, encodeRequest(request))
    if (hasBody) this.#meter = new BodyMeter(bodyLength)
  }

  write(bytes: Buffer): boolean {
    const { writer } = this.#link
    const meter = this.#meter!
    meter.feed(bytes, 0, (part) => {
      this.#credit -= part.length
      writer.data(this.#stream, part)
    })
    if (meter.done) writer.signal(Frame.END, this.#stream)
    return meter.done || (this.#credit > 0 && this.#link.takesMore(this))
  }

  /** Frames wait for the end of the turn anyhow. */
  cork(): void {}
  uncork(): void {}

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    this.#giveCredit()
  }

  release(): void {
    this.#over(this.#unfinished)
  }

  destroy(): void {
    this.owner = null
    this.#over(this.#stream !== 0)
  }

  onAnswer(status: number, fields: string, body: Buffer): void {
    const { owner } = this
    this.#over(this.#unfinished)
    owner?.onUpstreamAnswer(status, fields, body)
  }

  /** @returns false when more came than was allowed */
  onData(bytes: Buffer): boolean {
    this.#taken += bytes.length
    if (this.#taken > FRAMES_WINDOW + MAX_OVERDRAFT) return false
    this.owner?.onUpstreamData(bytes)
    if (!this.#paused) this.#giveCredit()
    return true
  }

  /** The answer is at its end, as the runtime sees it. */
  onEnd(): void {
    const { owner } = this
    this.#over(this.#unfinished)
    owner?.onUpstreamEnd()
  }

  onReset(): void {
    const { owner } = this
    this.#over(false)
    owner?.onUpstreamReset()
  }

  onUnserved(): void {
    const { owner } = this
    this.#over(false)
    owner?.onUpstreamUnserved()
  }

  onClosed(): void {
    const { owner } = this
    this.#over(false)
    owner?.onUpstreamClosed()
  }

  /** @returns false when the runtime gave more than it was sent */
  onCredit(bytes: number): boolean {
    this.#credit += bytes
    if (this.#credit > MAX_CREDIT) return false
    this.onDrain()
    return true
  }

  onDrain(): void {
    if (this.#credit > 0 && this.#link.takesMore(this)) this.owner?.onUpstreamDrain()
  }

  /** The runtime waits for more of the request's body. */
  get #unfinished(): boolean {
    return this.#meter !== null && !this.#meter.done
  }

  #giveCredit(): void {
    if (this.#taken < CREDIT_BATCH || this.#stream === 0) return
    this.#link.writer.number(Frame.CREDIT, this.#stream, this.#taken)
    this.#taken = 0
  }

  /** @param reset the runtime has to be told, too */
  #over(reset: boolean): void {
    const stream = this.#stream
    if (reset && this.#link.open) this.#link.writer.signal(Frame.RESET, stream)
    this.#stream = 0
    this.owner = null
    this.#link.forget(this, stream)
  }
}
