import type { Cors } from '@lathe/shared'
import type { GatewayError } from '../http/errors.ts'
import type { UpstreamPool } from '../upstream/upstream-pool.ts'

/** No upstream now, maybe soon: wait for a change, at most `maxMs` in all, then answer `error`. */
export interface Hold {
  kind: 'hold'
  maxMs: number
  /** Look again after this time even without a change. */
  pollMs: number | null
  error: GatewayError
}

export interface Refusal {
  kind: 'refuse'
  error: GatewayError
}

/** What a request is for: an app, or the api. */
export interface Backend {
  /** For messages: `The app abc123`. */
  readonly label: string
  /** For the log; null for the api. */
  readonly appid: string | null
  readonly cors: Cors | null
  /** Why one more request is too many, or null. */
  admit(): GatewayError | null
  /** Requests in flight or held. */
  inFlight: number
  /** Called, once, at the next change. */
  readonly waiters: Set<() => void>
  /** Where a request can go at this moment. */
  resolve(): UpstreamPool | Hold | Refusal
  /** A connection to this upstream was refused, or reset before any answer. */
  reportDown(pool: UpstreamPool): void
}
