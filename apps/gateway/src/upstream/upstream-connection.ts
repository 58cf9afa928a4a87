import type { Upstream } from '@lathe/shared'
import type { UpstreamPool } from './upstream-pool.ts'
import { UpstreamSocket } from './upstream-socket.ts'

/** Whoever uses an upstream connection for one request at a time. */
export interface UpstreamOwner {
  /** A new connection is open; nothing was sent yet. */
  onUpstreamOpen(): void
  /** @param bytes only valid until this returns: what is kept has to be copied */
  onUpstreamData(bytes: Buffer): void
  /** The upstream closed, reset or refused; the connection is gone. */
  onUpstreamClosed(): void
  onUpstreamDrain(): void
}

/** One keep-alive connection to a runtime or to the api. */
export class UpstreamConnection {
  readonly pool: UpstreamPool
  owner: UpstreamOwner | null
  /** It has answered at least one request: the upstream may be closing it for idleness just now. */
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
    if (upstream.kind === 'unix') this.#socket.connect({ path: upstream.path })
    else this.#socket.setNoDelay(true).connect({ host: upstream.host, port: upstream.port })
  }

  /** @param data text is written as Latin-1. @returns false: wait for `onUpstreamDrain` */
  write(data: string | Buffer): boolean {
    if (this.#socket.deaf) return true
    return typeof data === 'string' ? this.#socket.write(data, 'latin1') : this.#socket.write(data)
  }

  /** Holds writes back until `uncork`, so that they become one system call. */
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

  /** Ends it without another word to the owner. */
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
