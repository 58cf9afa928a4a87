import { problems } from '../http/errors.ts'
import { UpstreamPool } from '../upstream/upstream-pool.ts'
import type { Backend, Hold } from './backend.ts'

const POLL_MS = 100

/** The api, which is one Unix socket; requests wait a few seconds while it restarts. */
export class ApiBackend implements Backend {
  readonly label = 'The api'
  readonly appid = null
  readonly cors = null
  readonly waiters = new Set<() => void>()
  readonly pool: UpstreamPool
  inFlight = 0
  readonly #maxHoldMs: number

  constructor(socketPath: string, times: { maxHoldMs: number; idleMs: number }) {
    this.pool = new UpstreamPool('api', { kind: 'unix', path: socketPath }, times.idleMs)
    this.#maxHoldMs = times.maxHoldMs
  }

  admit(): null {
    return null
  }

  resolve(): UpstreamPool | Hold {
    if (!this.pool.down) return this.pool
    return { kind: 'hold', maxMs: this.#maxHoldMs, pollMs: POLL_MS, error: problems.unavailable(this.label) }
  }

  reportDown(pool: UpstreamPool): void {
    pool.markDown()
  }
}
