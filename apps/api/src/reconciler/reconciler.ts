import type { ChannelObserver } from '../control/runtime-channels.ts'
import type { RuntimeDoc } from '../mongo/documents.ts'
import { AppActor } from './app-actor.ts'
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
      heartbeat: (appid, _instanceId, beat) => {
        if (beat.supersededBytes > SUPERSEDED_BYTES) void this.#actors.get(appid)?.replace('superseded code')
      },
    }
    parts.channels.observe(observer)
    parts.driver.onExit(({ instanceId, how, stderr }) => {
      for (const actor of this.#actors.values()) {
        const instance = actor.instances.get(instanceId)
        if (instance) actor.exited(instance, how, stderr)
      }
      this.#reports.delete(instanceId)
    })
    parts.gateway.onUpstreamDown((appid, instanceId) => this.#unreachable(appid, instanceId))
  }

  /** Takes over the runtimes that live, tells the gateways of them, and sets every app going. */
  async open(): Promise<void> {
    const { mongo, driver, gateway } = this.#parts
    const [apps, records, living] = await Promise.all([
      mongo.apps
        .find()
        .project<{ _id: string; state: string; phase: string }>({ state: 1, phase: 1 })
        .toArray(),
      mongo.runtimes.find().sort({ startedAt: -1 }).toArray(),
      driver.list(),
    ])
    const alive = new Set(living.map(({ instanceId }) => instanceId))
    for (const { _id, phase } of apps) {
      const actor = this.actor(_id)
      const keep = records.find((record) => record.appid === _id && isAdoptable(record, alive))
      if (keep && phase !== 'deleting') {
        actor.adopt(keep._id)
        this.#awaitReconnect(_id, keep._id)
      }
    }
    gateway.open(
      apps.map(({ _id, state, phase }) => {
        const serving = this.#actors.get(_id)?.serving
        const upstreams = serving
          ? [{ instanceId: serving.id, upstream: driver.upstream(_id, serving.id) }]
          : []
        const idle = phase === 'failed' ? 'failed' : state === 'stopped' ? 'stopped' : 'starting'
        return { appid: _id, state: serving ? 'running' : idle, upstreams }
      }),
    )
    await this.#removeOthers(records, living)
    for (const actor of this.#actors.values()) actor.kick()
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
    this.#actors.get(appid)?.instances.get(instanceId)?.markReady()
  }

  #lost(appid: string, instanceId: string): void {
    if (this.#actors.get(appid)?.instances.get(instanceId)?.status === 'serving') {
      this.#awaitReconnect(appid, instanceId)
    }
  }

  #awaitReconnect(appid: string, instanceId: string): void {
    clearTimeout(this.#reconnecting.get(instanceId))
    if (this.#closed) return
    const timer = setTimeout(() => {
      this.#reconnecting.delete(instanceId)
      const isBack = this.#parts.channels.connected(appid).some((one) => one.instanceId === instanceId)
      const actor = this.#actors.get(appid)
      if (!isBack && actor?.serving?.id === instanceId) void actor.replace('its control channel stays closed')
    }, RECONNECT_MS)
    this.#reconnecting.set(instanceId, timer)
  }
}

function isAdoptable({ _id, status }: RuntimeDoc, alive: Set<string>): boolean {
  return status === 'ready' && alive.has(_id)
}
