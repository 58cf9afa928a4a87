import type { Upstream } from '@lathe/shared'
import { requestText } from './request-text.ts'
import type { OutgoingRequest, UpstreamCall, UpstreamOwner } from './upstream-call.ts'
import type { UpstreamPool } from './upstream-pool.ts'
import { connectSocket, UpstreamSocket } from './upstream-socket.ts'

/** One keep-alive connection in HTTP/1.1 to a runtime or to the api, used by one request at a time. */
export class UpstreamConnection implements UpstreamCall {
  readonly pool: UpstreamPool
  owner: UpstreamOwner | null
  reused = false
  /** On the coarse clock, when to close it while it idles. */
  idleDeadline = 0
  readonly #socket: UpstreamSocket

  constructor(pool: UpstreamPool, upstream: Upstream, owner: UpstreamOwner) {
    this.pool = pool
    this.owner = owner
    this.#socket = new UpstreamSocket((bytes) => {
      // Bytes that answer no request: an upstream out of step is not spoken to again.
      if (this.owner) this.owner.onUpstreamData(bytes)
      else this.destroy()
    })
    this.#socket
      .on('connect', () => this.owner?.onUpstreamOpen())
      .on('drain', () => this.owner?.onUpstreamDrain())
      .on('end', () => this.#closed())
      // `close` follows and says all that matters.
      .on('error', () => {})
      .on('close', () => this.#closed())
    connectSocket(this.#socket, upstream)
  }

  begin(request: OutgoingRequest): void {
    if (!this.#socket.deaf) this.#socket.write(requestText(request), 'latin1')
  }

  write(bytes: Buffer): boolean {
    return this.#socket.deaf || this.#socket.write(bytes)
  }

  cork(): void {
    this.#socket.cork()
  }

  uncork(): void {
    this.#socket.uncork()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  release(idleSeconds: number | null, now: number): void {
    this.pool.keep(this, idleSeconds, now)
  }

  destroy(): void {
    this.owner = null
    this.pool.forget(this)
    this.#socket.destroy()
  }

  #closed(): void {
    const owner = this.owner
    this.destroy()
    owner?.onUpstreamClosed()
  }
}
