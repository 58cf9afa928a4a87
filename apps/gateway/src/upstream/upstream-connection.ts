import { connect, type Socket } from 'node:net'
import type { Upstream } from '@lathe/shared'
import type { UpstreamPool } from './upstream-pool.ts'

/** Whoever uses an upstream connection for one request at a time. */
export interface UpstreamOwner {
  /** A new connection is open; nothing was sent yet. */
  onUpstreamOpen(): void
  onUpstreamData(bytes: Buffer): void
  /** The upstream closed, reset or refused; the connection is gone. */
  onUpstreamClosed(): void
  onUpstreamDrain(): void
}

/** One keep-alive connection to a runtime or to the api. */
export class UpstreamConnection {
  readonly pool: UpstreamPool
  readonly socket: Socket
  owner: UpstreamOwner | null
  open = false
  /** It has answered at least one request: the upstream may be closing it for idleness just now. */
  reused = false
  /** On the coarse clock, when to close it while it idles. */
  idleDeadline = 0

  constructor(pool: UpstreamPool, upstream: Upstream, owner: UpstreamOwner) {
    this.pool = pool
    this.owner = owner
    const to =
      upstream.kind === 'unix'
        ? { path: upstream.path }
        : { host: upstream.host, port: upstream.port, noDelay: true }
    this.socket = connect(to)
    this.socket
      .on('connect', () => {
        this.open = true
        this.owner?.onUpstreamOpen()
      })
      .on('data', (bytes: Buffer) => {
        // Bytes that answer no request: an upstream out of step is not spoken to again.
        if (this.owner) this.owner.onUpstreamData(bytes)
        else this.destroy()
      })
      .on('drain', () => this.owner?.onUpstreamDrain())
      .on('end', () => this.#closed())
      // `close` follows and says all that matters.
      .on('error', () => {})
      .on('close', () => this.#closed())
  }

  /** Ends it without another word to the owner. */
  destroy(): void {
    this.owner = null
    this.pool.forget(this)
    this.socket.destroy()
  }

  /** Gives the socket away; this object hears of it no more. */
  detach(): void {
    this.owner = null
    for (const event of ['data', 'drain', 'end', 'close']) this.socket.removeAllListeners(event)
  }

  #closed(): void {
    const owner = this.owner
    this.destroy()
    owner?.onUpstreamClosed()
  }
}
