import type { Cors, Route } from '@lathe/shared'
import type { GatewayLimits } from '../config/limits.ts'
import { type GatewayError, problems } from '../http/errors.ts'
import { UpstreamPool } from '../upstream/upstream-pool.ts'
import type { Backend, Hold, Refusal } from './backend.ts'
import { TokenBucket } from './token-bucket.ts'

const POLL_MS = 100
const REPORT_EVERY_MS = 1_000

/** What apps make known to the api. */
export interface AppEvents {
  upstreamDown(appid: string, instanceId: string): void
  wake(appid: string): void
}

/** One app's route: its state and its upstreams, taken in turn. */
export class AppBackend implements Backend {
  readonly appid: string
  readonly label: string
  readonly waiters = new Set<() => void>()
  inFlight = 0
  #route: Route
  #pools: UpstreamPool[] = []
  #bucket: TokenBucket | null = null
  #turn = 0
  #lastWake = 0
  readonly #lastReport = new Map<string, number>()
  readonly #limits: GatewayLimits
  readonly #events: AppEvents

  constructor(route: Route, limits: GatewayLimits, events: AppEvents) {
    this.appid = route.appid
    this.label = `The app ${route.appid}`
    this.#limits = limits
    this.#events = events
    this.#route = route
    this.update(route)
  }

  get cors(): Cors | null {
    return this.#route.cors ?? null
  }

  admit(): GatewayError | null {
    const most = Math.min(this.#route.concurrency ?? Number.POSITIVE_INFINITY, this.#limits.inFlightPerApp)
    if (this.inFlight >= most) return problems.appBusy(this.appid)
    const wait = this.#bucket?.take() ?? 0
    return wait > 0 ? problems.tooFast(this.appid, Math.ceil(wait)) : null
  }

  get route(): Route {
    return this.#route
  }

  /** Takes a new truth over. When it returns, no new request goes to an upstream that is not in it. */
  update(route: Route): void {
    const rate = route.requestsPerSecond
    if (rate === undefined) this.#bucket = null
    else if (rate !== this.#route.requestsPerSecond || !this.#bucket) this.#bucket = new TokenBucket(rate)
    this.#route = route
    const before = new Map(this.#pools.map((pool) => [poolKey(pool.key, pool.upstream), pool]))
    this.#pools = route.upstreams.map(({ instanceId, upstream }) => {
      const key = poolKey(instanceId, upstream)
      const kept = before.get(key)
      before.delete(key)
      return kept ?? new UpstreamPool(instanceId, upstream, this.#limits.upstreamIdleMs)
    })
    this.#lastReport.clear()
    for (const pool of before.values()) pool.retire()
    this.#wakeWaiters()
  }

  /** The app is gone. */
  remove(): void {
    for (const pool of this.#pools) pool.retire()
    this.#pools = []
    this.#wakeWaiters()
  }

  sweep(now: number): void {
    for (const pool of this.#pools) pool.sweep(now)
  }

  resolve(): UpstreamPool | Hold | Refusal {
    switch (this.#route.state) {
      case 'running':
        return this.#next()
      case 'starting':
        return this.#hold()
      case 'sleeping':
        this.#wake()
        return { ...this.#hold(), pollMs: REPORT_EVERY_MS }
      case 'stopped':
        return { kind: 'refuse', error: problems.appStopped(this.appid) }
      case 'failed':
        return { kind: 'refuse', error: problems.appFailed(this.appid) }
    }
  }

  reportDown(pool: UpstreamPool): void {
    pool.markDown()
    if (pool.retired) return
    const now = Date.now()
    if (now - (this.#lastReport.get(pool.key) ?? 0) < REPORT_EVERY_MS) return
    this.#lastReport.set(pool.key, now)
    this.#events.upstreamDown(this.appid, pool.key)
  }

  #next(): UpstreamPool | Hold {
    const pools = this.#pools
    if (pools.length === 1 && !pools[0]!.down) return pools[0]!
    for (let i = 0; i < pools.length; i++) {
      const pool = pools[this.#turn++ % pools.length]!
      if (!pool.down) return pool
    }
    if (pools.length === 0) return this.#hold()
    return {
      kind: 'hold',
      maxMs: this.#limits.retryHoldMs,
      pollMs: POLL_MS,
      error: problems.unavailable(this.label),
    }
  }

  #hold(): Hold {
    return {
      kind: 'hold',
      maxMs: this.#limits.startHoldMs,
      pollMs: null,
      error: problems.appStarting(this.appid),
    }
  }

  #wake(): void {
    const now = Date.now()
    if (now - this.#lastWake < REPORT_EVERY_MS) return
    this.#lastWake = now
    this.#events.wake(this.appid)
  }

  #wakeWaiters(): void {
    const waiters = [...this.waiters]
    this.waiters.clear()
    for (const wake of waiters) wake()
  }
}

function poolKey(instanceId: string, upstream: Route['upstreams'][number]['upstream']): string {
  return upstream.kind === 'unix'
    ? `${instanceId} ${upstream.path}`
    : `${instanceId} ${upstream.host} ${upstream.port}`
}
