import type { Upstream } from '@lathe/shared'
import type { RequestHead } from '../http/request-head.ts'
import { isFramed } from './frame-call.ts'
import { FrameLink } from './frame-link.ts'
import type { UpstreamCall, UpstreamOwner } from './upstream-call.ts'
import { UpstreamConnection } from './upstream-connection.ts'

const DOWN_PAUSE_MS = 100

/**
 * The connections to one upstream. To one that speaks frames there is a single link for all requests. In HTTP/1.1 there
 * is at most one request on each connection, the most recently used first.
 */
export class UpstreamPool {
  readonly key: string
  readonly upstream: Upstream
  readonly #idleMs: number
  readonly #idle: UpstreamConnection[] = []
  #link: FrameLink | null = null
  #retired = false
  #downUntil = 0

  /** @param idleMs how long to keep idle connections when the upstream does not say */
  constructor(key: string, upstream: Upstream, idleMs: number) {
    this.key = key
    this.upstream = upstream
    this.#idleMs = idleMs
  }

  /** No longer a route's upstream: what is in flight ends on it, nothing new begins. */
  get retired(): boolean {
    return this.#retired
  }

  /** It refused a connection a moment ago. */
  get down(): boolean {
    return this.#downUntil !== 0 && Date.now() < this.#downUntil
  }

  markDown(): void {
    this.#downUntil = Date.now() + DOWN_PAUSE_MS
  }

  markUp(): void {
    this.#downUntil = 0
  }

  /**
   * A way for a request that is open already, or undefined.
   * @param fresh not one that has idled
   */
  take(owner: UpstreamOwner, head: RequestHead, fresh: boolean): UpstreamCall | undefined {
    if (this.upstream.frames && isFramed(head)) return this.#link?.open ? this.#link.call(owner) : undefined
    if (fresh) return undefined
    const connection = this.#idle.pop()
    if (connection) connection.owner = owner
    return connection
  }

  /** Opens a way; `owner.onUpstreamOpen` or `owner.onUpstreamClosed` follows. */
  connect(owner: UpstreamOwner, head: RequestHead): UpstreamCall {
    if (!this.upstream.frames || !isFramed(head)) return new UpstreamConnection(this, this.upstream, owner)
    this.#link ??= new FrameLink(this, this.upstream)
    return this.#link.call(owner)
  }

  /**
   * Takes a connection back after a complete exchange.
   * @param idleSeconds after which the upstream said that it closes idle connections, or null
   */
  keep(connection: UpstreamConnection, idleSeconds: number | null, now: number): void {
    // A second early: never write on a connection that the other side is about to close.
    const idleMs = idleSeconds === null ? this.#idleMs : Math.min(idleSeconds * 1000 - 1000, 60_000)
    if (this.#retired || idleMs <= 0) {
      connection.destroy()
      return
    }
    connection.owner = null
    connection.reused = true
    connection.idleDeadline = now + idleMs
    this.markUp()
    this.#idle.push(connection)
  }

  forget(connection: UpstreamConnection): void {
    const at = this.#idle.indexOf(connection)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  /** The link takes no more requests: the next one opens another. */
  forgetLink(link: FrameLink): void {
    if (this.#link === link) this.#link = null
  }

  /** Closes what has idled for too long. */
  sweep(now: number): void {
    for (const connection of this.#idle.filter((c) => c.idleDeadline <= now)) connection.destroy()
  }

  retire(): void {
    this.#retired = true
    for (const connection of [...this.#idle]) connection.destroy()
    this.#link?.leave()
  }
}
