import type { Route } from '@lathe/shared'
import type { ChannelObserver } from '../control/runtime-channels.ts'
import type { AppDoc, RuntimeDoc } from '../mongo/documents.ts'
import { AppActor } from './app-actor.ts'
import { routeOf } from './app-route.ts'
import { upstreamsOf } from './instance.ts'
import type { ReconcilerParts } from './parts.ts'
import { SideRuntimes } from './side-runtimes.ts'

/** How long a living runtime may be without its control channel before it is replaced. */
const RECONNECT_MS = 15_000
/** Superseded code that a runtime cannot free; beyond it a fresh process takes over. */
const SUPERSEDED_BYTES = 64 * 1024 * 1024
/** So many reports of a gateway, which makes one a second at most, within the window. */
const UNREACHABLE_REPORTS = 3
const UNREACHABLE_WINDOW_MS = 10_000
const ORPHAN_GRACE_MS = 1_000

/** Keeps every app as it is wanted: one actor per app, fed with what happens to runtimes and gateways. */
export class Reconciler implements AsyncDisposable {
  readonly sides: SideRuntimes
  #parts: ReconcilerParts
  #actors = new Map<string, AppActor>()
  #reconnecting = new Map<string, NodeJS.Timeout>()
  /** When gateways could not reach an instance, by its id. */
  #reports = new Map<string, number[]>()
  #closed = false

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
    this.sides = new SideRuntimes(parts, (appid) => this.actor(appid))
    const observer: ChannelObserver = {
      ready: (appid, instanceId) => this.#ready(appid, instanceId),
      lost: (appid, instanceId) => this.#lost(appid, instanceId),
      heartbeat: (appid, instanceId, beat) => {
        this.#rest(appid, instanceId, beat.idleMs ?? 0)
        if (beat.supersededBytes > SUPERSEDED_BYTES) void this.#actors.get(appid)?.replace('superseded code')
      },
      stuck: (appid, { requestId, functionName }) => parts.gateway.timedOut(appid, requestId, functionName),
    }
    parts.channels.observe(observer)
    parts.driver.onExit(({ instanceId, how, stderr }) => {
      for (const actor of this.#actors.values()) {
        const instance = actor.instances.get(instanceId)
        if (instance) actor.exited(instance, how, stderr)
      }
      this.#reports.delete(instanceId)
    })
    parts.gateway.onWake((appid) => void this.#wake(appid))
    parts.gateway.onUpstreamDown((appid, instanceId) => this.#unreachable(appid, instanceId))
  }

  /** Takes over the runtimes that live, tells the gateways of them, and sets every app going. */
  async open(): Promise<void> {
    const { mongo, driver, gateway } = this.#parts
    const [apps, records, living] = await Promise.all([
      mongo.apps.find().project<KnownApp>({ state: 1, phase: 1, settings: 1 }).toArray(),
      mongo.runtimes.find().sort({ startedAt: -1 }).toArray(),
      driver.list(),
    ])
    const alive = new Set(living.map(({ instanceId }) => instanceId))
    for (const record of records) {
      const app = apps.find(({ _id }) => _id === record.appid)
      if (app && app.phase !== 'deleting' && alive.has(record._id)) this.#adopt(record)
    }
    gateway.open(apps.map((app) => this.#routeOf(app)))
    await this.#removeOthers(records, living)
    // What sleeps costs nothing until it is woken.
    for (const { _id, phase } of apps)
      if (phase !== 'sleeping' || this.#actors.has(_id)) this.actor(_id).kick()
  }

  /** The app's actor, made when there is none yet. */
  actor(appid: string): AppActor {
    const existing = this.#actors.get(appid)
    if (existing) return existing
    const actor = new AppActor(appid, this.#parts, () => this.#actors.delete(appid))
    this.#actors.set(appid, actor)
    return actor
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true // connections that close from now on are not waited for
    for (const timer of this.#reconnecting.values()) clearTimeout(timer)
    for (const actor of this.#actors.values()) actor.stop()
    await this.sides[Symbol.asyncDispose]()
  }

  /** The newest of an app's instances that is ready serves; others that live are on their way out. */
  #adopt({ _id, appid, status }: RuntimeDoc): void {
    if (status === 'starting') return
    const actor = this.actor(appid)
    actor.adopt(_id, status === 'ready' && !actor.serving ? 'serving' : 'retiring')
    this.#awaitReconnect(appid, _id)
  }

  #routeOf(app: KnownApp): Route {
    const { _id, state, phase } = app
    const serving = this.#actors.get(_id)?.serving
    if (serving) {
      return routeOf(app, 'running', upstreamsOf(this.#parts.driver, serving))
    }
    const wanted = state === 'stopped' ? 'stopped' : 'starting'
    return routeOf(app, phase === 'failed' || phase === 'sleeping' ? phase : wanted, [])
  }

  #rest(appid: string, instanceId: string, idleMs: number): void {
    const afterMs = this.#parts.env.LATHE_IDLE_STOP_MS
    // Whoever debugs or tests an app uses it.
    if (afterMs === 0 || idleMs < afterMs || this.sides.has(appid)) return
    const actor = this.#actors.get(appid)
    if (actor?.serving?.id !== instanceId) return
    actor.sleep().catch((error: unknown) => {
      this.#parts.log.warn({ err: error, appid }, 'an idle app was not put to sleep: trying again')
    })
  }

  /** A gateway asks again while requests wait, should this fail. */
  async #wake(appid: string): Promise<void> {
    try {
      await this.actor(appid).wake()
    } catch (error) {
      this.#parts.log.warn({ err: error, appid }, 'a sleeping app was not woken')
    }
  }

  /** Gateways may report a runtime that is just ending; one that lives and stays unreachable is replaced. */
  #unreachable(appid: string, instanceId: string): void {
    const serving = this.#actors.get(appid)?.serving
    if (serving?.id !== instanceId) return
    const since = performance.now() - UNREACHABLE_WINDOW_MS
    const reports = (this.#reports.get(instanceId) ?? []).filter((at) => at > since)
    reports.push(performance.now())
    this.#reports.set(instanceId, reports)
    if (reports.length < UNREACHABLE_REPORTS) return
    this.#reports.delete(instanceId)
    void this.#actors.get(appid)?.replace('gateways cannot reach it')
  }

  #isKept(instanceId: string): boolean {
    return [...this.#actors.values()].some((actor) => actor.instances.has(instanceId))
  }

  /** Records of runtimes that ended while nobody looked, and runtimes that nobody wants any more. */
  async #removeOthers(records: RuntimeDoc[], living: { instanceId: string }[]): Promise<void> {
    const { mongo, driver, log } = this.#parts
    const stale = records.filter(({ _id }) => !this.#isKept(_id)).map(({ _id }) => _id)
    if (stale.length > 0) await mongo.runtimes.deleteMany({ _id: { $in: stale } })
    const orphans = living.filter(({ instanceId }) => !this.#isKept(instanceId))
    await Promise.all(
      orphans.map(({ instanceId }) =>
        driver.stop(instanceId, ORPHAN_GRACE_MS).catch((error: unknown) => {
          log.warn({ err: error, instanceId }, 'an orphaned runtime could not be stopped')
        }),
      ),
    )
  }

  #ready(appid: string, instanceId: string): void {
    clearTimeout(this.#reconnecting.get(instanceId))
    this.#reconnecting.delete(instanceId)
    const { channels, driver } = this.#parts
    const replicas = channels.ready(appid).filter((channel) => channel.instanceId === instanceId).length
    const actor = this.#actors.get(appid)
    const isSide = channels.side(instanceId) !== null
    // A service serves when all of its replicas do: requests go to any of them.
    if (isSide || replicas >= driver.replicas || actor?.instances.get(instanceId)?.status !== 'starting') {
      actor?.ready(instanceId)
    }
  }

  #lost(appid: string, instanceId: string): void {
    const status = this.#actors.get(appid)?.instances.get(instanceId)?.status
    if (status === 'serving' || status === 'retiring') this.#awaitReconnect(appid, instanceId)
  }

  #awaitReconnect(appid: string, instanceId: string): void {
    clearTimeout(this.#reconnecting.get(instanceId))
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#reconnecting.delete(instanceId)
      const isBack = this.#parts.channels.connected(appid).some((one) => one.instanceId === instanceId)
      if (!isBack) this.#actors.get(appid)?.unheard(instanceId)
    }, RECONNECT_MS)
    this.#reconnecting.set(instanceId, timer)
  }
}

type KnownApp = Pick<AppDoc, '_id' | 'state' | 'phase' | 'settings'>
