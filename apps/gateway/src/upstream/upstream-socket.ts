import { Socket } from 'node:net'
import type { Upstream } from '@lathe/shared'

/** One buffer for the reads of all upstreams: whoever gets bytes of it uses or copies them before returning. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024)
const LAST_WORDS_MS = 50

/**
 * A socket that hands bytes over without the machinery of streams, and that still reads after a write has failed: an
 * upstream may answer 413 and close while a large body is on its way to it, and that answer waits to be read.
 */
export class UpstreamSocket extends Socket {
  #lastWords: NodeJS.Timeout | null = null

  /** @param onBytes gets a view that is only valid until it returns */
  constructor(onBytes: (bytes: Buffer) => void) {
    super({
      onread: {
        buffer: SHARED,
        callback: (length) => {
          this.#lastWords?.refresh()
          onBytes(SHARED.subarray(0, length))
          return true
        },
      },
    })
  }

  /** A write has failed; nothing more can be sent. */
  get deaf(): boolean {
    return this.#lastWords !== null
  }

  override destroy(error?: Error): this {
    if ((error as NodeJS.ErrnoException | undefined)?.syscall === 'write' && !this.#lastWords) {
      this.#lastWords = setTimeout(() => {
        if (this.isPaused()) this.#lastWords?.refresh()
        else super.destroy(error)
      }, LAST_WORDS_MS)
      return this
    }
    if (this.#lastWords) clearTimeout(this.#lastWords)
    return super.destroy(error)
  }
}

export function connectSocket(socket: Socket, upstream: Upstream): void {
  if (upstream.kind === 'unix') socket.connect({ path: upstream.path })
  else socket.setNoDelay(true).connect({ host: upstream.host, port: upstream.port })
}
