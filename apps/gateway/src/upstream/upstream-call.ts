import type { RequestHead } from '../http/request-head.ts'
import type { UpstreamPool } from './upstream-pool.ts'

/** A request as it leaves the gateway. */
export interface OutgoingRequest {
  head: RequestHead
  /** The `x-forwarded-*` lines. */
  forwarded: string
  requestId: string
  /** Only where it may pass. */
  runToken: string | null
}

/** Whoever has sent, or is about to send, one request to an upstream. */
export interface UpstreamOwner {
  /** There is a connection; nothing was sent yet. */
  onUpstreamOpen(): void
  /** Bytes of an answer in HTTP/1.1. @param bytes only valid until this returns: what is kept has to be copied */
  onUpstreamData(bytes: Buffer): void
  /**
   * A whole answer.
   * @param fields not checked yet; without Content-Length and Date
   * @param body only valid until this returns
   */
  onUpstreamAnswer(status: number, fields: string, body: Buffer): void
  /** The upstream closed, reset or refused the connection: no more comes. */
  onUpstreamClosed(): void
  /** The answer in HTTP/1.1 is at its end, though the connection is not. */
  onUpstreamEnd(): void
  /** The upstream gave up this request alone. */
  onUpstreamReset(): void
  /** The upstream ends, and has not looked at this request: it may be sent to another. */
  onUpstreamUnserved(): void
  onUpstreamDrain(): void
}

/** One request's way to an upstream and back: a connection in HTTP/1.1, or a stream among others in frames. */
export interface UpstreamCall {
  readonly pool: UpstreamPool
  owner: UpstreamOwner | null
  /** Its connection has answered before: the upstream may be closing it for idleness just now. */
  readonly reused: boolean
  /** Sends the head. */
  begin(request: OutgoingRequest): void
  /** Sends part of the body as it came, chunked coding included. False: wait for `onUpstreamDrain`. */
  write(bytes: Buffer): boolean
  /** Holds writes back until `uncork`, so that they become one system call. */
  cork(): void
  uncork(): void
  pause(): void
  resume(): void
  /**
   * The exchange is complete, and nothing else came: others may use the connection.
   * @param idleSeconds after which the upstream said that it closes idle connections, or null
   * @param now on the coarse clock
   */
  release(idleSeconds: number | null, now: number): void
  /** Ends it without another word to the owner. */
  destroy(): void
}
