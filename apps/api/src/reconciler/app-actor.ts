import { setTimeout as delay } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { type AppPhase, limits, type Route } from '@lathe/shared'
import { ensureAppUser } from '../mongo/app-database.ts'
import type { AppDoc } from '../mongo/documents.ts'
import { repeatable } from '../mongo/errors.ts'
import { routeOf } from './app-route.ts'
import { deleteApp } from './delete-app.ts'
import { exitMessage } from './exit-message.ts'
import { createInstance, type Instance, upstreamsOf } from './instance.ts'
import { LaunchFailed, launch } from './launch.ts'
import { databaseSecret, type ReconcilerParts } from './parts.ts'
import { dispose, retire } from './retire.ts'
import { Setbacks } from './setbacks.ts'
import { StepLoop } from './step-loop.ts'
import { WaitingRoom } from './waiting-room.ts'

/** What requests in flight get when another instance serves, or the app goes to sleep: a function's usual time limit. */
const DRAIN_MS = limits.functionTimeoutMs + 5_000
/** What they get when a person stops the app. */
const STOP_MS = 5_000
const ROUTE_MS = 3_000

/**
 * Brings one app from what is to what is wanted, one step at a time. What is wanted stands in the database and is
 * read afresh for every step, so that a step can be repeated, and an api that starts goes on where another fell.
 */
export class AppActor {
  readonly appid: string
  readonly instances = new Map<string, Instance>()
  #parts: ReconcilerParts
  #gone: () => void
  #told: Route | null = null
  readonly #setbacks = new Setbacks()
  readonly #waiting = new WaitingRoom()
  readonly #loop: StepLoop

  /** @param gone is called when the app no longer exists */
  constructor(appid: string, parts: ReconcilerParts, gone: () => void) {
    this.appid = appid
    this.#parts = { ...parts, log: parts.log.child({ appid }) }
    this.#gone = gone
    this.#loop = new StepLoop(() => this.#stepAndTell(), this.#parts.log)
  }

  get serving(): Instance | null {
    return [...this.instances.values()].find(({ status }) => status === 'serving') ?? null
  }

  /** Takes over an instance that an earlier api has started, and perhaps told to end. */
  adopt(instanceId: string, status: 'serving' | 'retiring'): void {
    const instance = createInstance(instanceId, this.appid)
    instance.status = status
    instance.servingSince = performance.now()
    this.instances.set(instanceId, instance)
  }

  /** An instance is connected and has loaded its functions. One that was to end is told so again: it has come back. */
  ready(instanceId: string): void {
    const instance = this.instances.get(instanceId)
    if (instance?.status === 'retiring') this.#retire(instance)
    else instance?.markReady()
  }

  /** An instance has been without its control channel for long. */
  unheard(instanceId: string): void {
    const instance = this.instances.get(instanceId)
    if (instance?.status === 'serving') void this.replace('its control channel stays closed')
    else if (instance?.status === 'retiring') this.#retire(instance)
  }

  /** The app was idle for long enough: its runtime ends, until `wake`. */
  async sleep(): Promise<void> {
    const { modifiedCount } = await this.#parts.mongo.apps.updateOne(
      { _id: this.appid, state: 'running', phase: 'running' },
      { $set: { phase: 'sleeping' } },
    )
    if (modifiedCount > 0) this.kick()
  }

  /** Somebody asks for the app. Starts it if it sleeps, once for any number of callers; else changes nothing. */
  async wake(): Promise<void> {
    await repeatable(() =>
      this.#parts.mongo.apps.updateOne(
        { _id: this.appid, state: 'running', phase: 'sleeping' },
        { $set: { phase: 'starting' } },
      ),
    )
    this.kick()
  }

  /** Something has changed: look again, soon. `interrupt` gives up a start that is under way. */
  kick({ interrupt = false } = {}): void {
    this.#loop.kick({ interrupt })
  }

  /** A person asks for a start: what went wrong before no longer counts. */
  forgive(): void {
    this.#setbacks.forget()
  }

  /**
   * Asks for a fresh process in place of the one that serves.
   * @returns why that did not work out, or null; at once when none serves
   */
  replace(because: string): Promise<string | null> {
    const { serving } = this
    if (!serving) return Promise.resolve(null)
    serving.replaceBecause ??= because
    const replaced = this.#waiting.replacement()
    this.kick()
    return replaced
  }

  /** Resolves once a step has left the app as `done` describes it (null: it is gone). */
  until(done: (app: AppDoc | null) => boolean): Promise<void> {
    const left = this.#waiting.step(done)
    this.kick()
    return left
  }

  /**
   * Sets the app going, and resolves once gateways hold or serve what comes for it: a request that follows the answer
   * to a start finds no trace of the stop before. Gives up waiting, nothing else, when that takes long.
   */
  async kickAndRoute(): Promise<void> {
    const routed = this.serving ? null : this.#waiting.route()
    this.kick()
    await Promise.race([routed, delay(ROUTE_MS, undefined, { ref: false })])
  }

  /** Resolves once what stands in the database is in force at the gateways. Gives up waiting when that takes long. */
  async settle(): Promise<void> {
    await Promise.race([this.until(() => true), delay(ROUTE_MS, undefined, { ref: false })])
  }

  /** No further step; what runs goes on running. */
  stop(): void {
    this.#loop.stop()
  }

  exited(instance: Instance, how: string, stderr: string): void {
    const wasServing = instance.status === 'serving'
    this.instances.delete(instance.id)
    instance.markExited({ instanceId: instance.id, how, stderr })
    if (!wasServing) return
    const servedMs = performance.now() - (instance.servingSince ?? performance.now())
    this.#crashed(exitMessage({ how, stderr }), servedMs)
    this.#forget(instance)
    this.kick()
  }

  async #stepAndTell(): Promise<void> {
    await this.#step()
    this.#tellReplaced()
    await this.#waiting.tellStep(() => this.#parts.mongo.apps.findOne({ _id: this.appid }))
  }

  async #step(): Promise<void> {
    const app = await this.#parts.mongo.apps.findOne({ _id: this.appid })
    if (!app) return this.#gone()
    if (app.phase === 'deleting') {
      await this.#each((instance) => dispose(this.#parts, instance))
      await deleteApp(this.#parts, this.appid)
      return this.#gone()
    }
    if (app.phase === 'creating') await this.#provision(app)
    if (app.state === 'stopped') return this.#beStopped(app)
    if (app.phase === 'sleeping') return this.#beAsleep(app)
    if (app.phase === 'failed' || this.#setbacks.isCrashLoop) return this.#beFailed(app)
    const { serving } = this
    if (!serving) return this.#beStarted(app)
    if (serving.replaceBecause) return this.#replaceRuntime(app, serving)
    await this.#route(app, 'running', serving)
    await this.#phase('running')
  }

  async #provision(app: AppDoc): Promise<void> {
    const { mongo, secrets } = this.#parts
    const password = secrets.open(app.databasePassword, databaseSecret(this.appid))
    await ensureAppUser(mongo.client, this.appid, password)
    await this.#phase('starting')
  }

  async #beStopped(app: AppDoc): Promise<void> {
    await this.#route(app, 'stopped', null)
    await this.#each((instance) => retire(this.#parts, instance, STOP_MS))
    await this.#phase('stopped')
  }

  /** Requests that come from now on are held by the gateways, which say `wake`. */
  async #beAsleep(app: AppDoc): Promise<void> {
    await this.#route(app, 'sleeping', null)
    if (this.serving) this.#retire(this.serving)
  }

  async #beStarted(app: AppDoc): Promise<void> {
    await this.#route(app, 'starting', null)
    await this.#phase('starting', this.#setbacks.lastError)
    const { waitMs } = this.#setbacks
    if (waitMs > 0) return this.#loop.kickIn(waitMs)
    try {
      const instance = await launch(this.#parts, app, this.#register, this.#loop.signal)
      await this.#promote(app, instance)
    } catch (error) {
      if (!(error instanceof LaunchFailed)) throw error
      this.#crashed(error.message, 0)
      this.kick()
    }
  }

  async #beFailed(app: AppDoc): Promise<void> {
    await this.#route(app, 'failed', null)
    if (app.phase !== 'failed') await this.#phase('failed', this.#setbacks.lastError)
  }

  /**
   * Starts a fresh instance beside the old one, moves the route, lets the old one finish what it has, and ends it.
   * The one mechanism for whatever needs another process; no request is lost to it.
   */
  async #replaceRuntime(app: AppDoc, old: Instance): Promise<void> {
    this.#parts.log.info({ instanceId: old.id, because: old.replaceBecause }, 'replacing a runtime')
    let error: string | null = null
    try {
      const fresh = await launch(this.#parts, app, this.#register, this.#loop.signal)
      await this.#promote(app, fresh)
      this.#retire(old)
    } catch (failure) {
      error = failure instanceof Error ? failure.message : String(failure)
      this.#parts.log.warn({ err: failure }, 'the replacement did not start: the old runtime goes on')
      if (!(failure instanceof LaunchFailed)) throw failure
    } finally {
      old.replaceBecause = null
      this.#waiting.tellReplacement(error)
    }
  }

  /** Whoever waits for a replacement that another step has made pointless: a stop, a crash, the end of the app. */
  #tellReplaced(): void {
    const { serving } = this
    if (serving?.replaceBecause) return
    this.#waiting.tellReplacement(serving ? null : 'The app is not running any more.')
  }

  #register = (instance: Instance): void => {
    this.instances.set(instance.id, instance)
  }

  async #promote(app: AppDoc, instance: Instance): Promise<void> {
    await this.#parts.mongo.runtimes.updateOne({ _id: instance.id }, { $set: { status: 'ready' } })
    if (!this.instances.has(instance.id)) throw new LaunchFailed('The runtime ended as soon as it was ready.')
    instance.status = 'serving'
    instance.servingSince = performance.now()
    this.#setbacks.overcome()
    // Settings may have changed while it started.
    const now = (await this.#parts.mongo.apps.findOne({ _id: this.appid })) ?? app
    await this.#route(now, 'running', instance)
    await this.#phase('running')
  }

  #crashed(message: string, servedMs: number): void {
    const delayMs = this.#setbacks.crashed(message, servedMs)
    this.#parts.log.warn({ delayMs, error: message.slice(0, 500) }, 'a runtime crashed')
  }

  async #each(end: (instance: Instance) => Promise<void>): Promise<void> {
    await Promise.all([...this.instances.values()].map(end))
  }

  /** Lets an instance finish what it has; nobody waits for it. */
  #retire(instance: Instance): void {
    retire(this.#parts, instance, DRAIN_MS)
      .then(() => this.#parts.packages.collect(this.appid))
      .catch((error: unknown) => {
        if (!this.#loop.isStopped)
          this.#parts.log.warn({ err: error, instanceId: instance.id }, 'a runtime lingers')
      })
  }

  #forget(instance: Instance): void {
    this.#parts.mongo.runtimes.deleteOne({ _id: instance.id }).catch((error: unknown) => {
      this.#parts.log.warn({ err: error }, 'a runtime record stays: the next start removes it')
    })
  }

  /** Tells the gateways, unless it is what they were told last. */
  async #route(app: AppDoc, state: Route['state'], instance: Instance | null): Promise<void> {
    const { gateway, driver } = this.#parts
    const upstreams = instance ? upstreamsOf(driver, instance) : []
    const route = routeOf(app, state, upstreams)
    if (!isDeepStrictEqual(route, this.#told)) await gateway.setRoute(route)
    this.#told = route
    if (state !== 'stopped') this.#waiting.tellRoute()
  }

  /** Phases follow what is observed; nothing ends `deleting` but the end. */
  async #phase(phase: AppPhase, phaseError: string | null = null): Promise<void> {
    await this.#parts.mongo.apps.updateOne(
      { _id: this.appid, phase: { $ne: 'deleting' } },
      { $set: { phase, phaseError } },
    )
  }
}
