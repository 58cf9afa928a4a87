import type { Route, RouteMessage } from '@lathe/shared'
import type { GatewayLimits } from '../config/limits.ts'
import { type GatewayError, problems } from '../http/errors.ts'
import { AppBackend, type AppEvents } from './app-backend.ts'
import type { Backend, Hold, Refusal } from './backend.ts'

/** All apps that the gateway knows. */
export class RouteTable {
  readonly #apps = new Map<string, AppBackend>()
  readonly #unsynced: UnsyncedBackend
  readonly #limits: GatewayLimits
  readonly #events: AppEvents
  #synced = false
  /** Called after every change. */
  onChange: () => void = () => {}

  constructor(limits: GatewayLimits, events: AppEvents) {
    this.#limits = limits
    this.#events = events
    this.#unsynced = new UnsyncedBackend(limits)
  }

  /** The last known routes, from the file: served until the api says what is true now. */
  restore(routes: readonly Route[]): void {
    for (const route of routes) this.#set(route)
  }

  /** @returns the app's backend; for an app that is unknown while the api was never heard, one that waits for it */
  find(appid: string): Backend | GatewayError {
    const app = this.#apps.get(appid)
    if (app) return app
    return this.#synced ? problems.appNotFound(appid) : this.#unsynced
  }

  /** Applies one message of the api. When it returns, new requests go by it. */
  apply(message: RouteMessage): void {
    switch (message.type) {
      case 'routes': {
        const known = new Set(message.routes.map((route) => route.appid))
        for (const appid of [...this.#apps.keys()]) if (!known.has(appid)) this.#remove(appid)
        for (const route of message.routes) this.#set(route)
        this.#synced = true
        this.#unsynced.release()
        break
      }
      case 'route':
        this.#set(message.route)
        break
      case 'route-removed':
        this.#remove(message.appid)
        break
    }
    this.onChange()
  }

  all(): Route[] {
    return [...this.#apps.values()].map((app) => app.route)
  }

  sweep(now: number): void {
    for (const app of this.#apps.values()) app.sweep(now)
  }

  /** Closes what idles; for the end. */
  close(): void {
    for (const app of this.#apps.values()) app.remove()
  }

  #set(route: Route): void {
    const app = this.#apps.get(route.appid)
    if (app) app.update(route)
    else this.#apps.set(route.appid, new AppBackend(route, this.#limits, this.#events))
  }

  #remove(appid: string): void {
    const app = this.#apps.get(appid)
    this.#apps.delete(appid)
    app?.remove()
  }
}

/** Holds requests for apps nobody has told of yet, until the api sends its routes. */
class UnsyncedBackend implements Backend {
  readonly appid = null
  readonly cors = null
  readonly label = 'The app'
  readonly waiters = new Set<() => void>()
  inFlight = 0
  readonly #limits: GatewayLimits

  constructor(limits: GatewayLimits) {
    this.#limits = limits
  }

  admit(): null {
    return null
  }

  resolve(): Hold | Refusal {
    return { kind: 'hold', maxMs: this.#limits.retryHoldMs, pollMs: null, error: problems.routesUnknown() }
  }

  reportDown(): void {}

  release(): void {
    const waiters = [...this.waiters]
    this.waiters.clear()
    for (const wake of waiters) wake()
  }
}
