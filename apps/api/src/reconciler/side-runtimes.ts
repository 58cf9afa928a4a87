import { limits, type SidePurpose, type Upstream } from '@lathe/shared'
import type { RuntimeChannel } from '../control/runtime-channel.ts'
import type { RuntimeExit } from '../drivers/runtime/runtime-driver.ts'
import type { AppDoc } from '../mongo/documents.ts'
import { Refusal } from '../refusal.ts'
import type { AppActor } from './app-actor.ts'
import type { Instance } from './instance.ts'
import { LaunchFailed, launch, type Side } from './launch.ts'
import type { ReconcilerParts } from './parts.ts'
import { dispose } from './retire.ts'

const REFRESH_MS = 15_000

/** A second runtime of an app, with the same walls, packages and variables, that no visitor's request reaches. */
export interface SideRuntime extends AsyncDisposable {
  readonly instanceId: string
  readonly appid: string
  readonly purpose: SidePurpose
  /** Where it listens for HTTP: requests go there directly, not through the gateway. */
  readonly upstream: Upstream
  /** Resolves when the process has ended, asked for or not: also when the app is stopped or deleted. */
  readonly exited: Promise<RuntimeExit>
  /** @throws Refusal RUNTIME_UNAVAILABLE when it is not connected (any more) */
  channel(): RuntimeChannel
  /** Brings it up to what is live now: it hears of no publish and no changed variable by itself. */
  refresh(): Promise<void>
}

interface Living {
  appid: string
  /** Null until it is being started. */
  instance: Instance | null
}

/**
 * Starts runtimes beside the one that serves an app, for one purpose and as long as their owner holds them. They end
 * with the app, and with this api: whoever comes after it finds them orphaned and ends them (`Reconciler.open`).
 */
export class SideRuntimes implements AsyncDisposable {
  #parts: ReconcilerParts
  #actorOf: (appid: string) => AppActor
  #living = new Set<Living>()

  constructor(parts: ReconcilerParts, actorOf: (appid: string) => AppActor) {
    this.#parts = parts
    this.#actorOf = actorOf
  }

  /**
   * Resolves when it has loaded what is live.
   * @throws Refusal LIMIT_REACHED, or RUNTIME_UNAVAILABLE saying why it did not start
   */
  async start(app: AppDoc, side: Side, signal: AbortSignal): Promise<SideRuntime> {
    this.#admit(app._id)
    const living: Living = { appid: app._id, instance: null }
    this.#living.add(living)
    const actor = this.#actorOf(app._id)
    try {
      // Registered with the app's actor: what it hears of the instance, and its end, are handled there.
      const register = (instance: Instance) => {
        living.instance = instance
        actor.instances.set(instance.id, instance)
      }
      const instance = await launch(this.#parts, app, register, signal, side)
      instance.status = 'beside'
      void instance.exited.then(() => this.#end(living))
      return this.#handle(living, instance, side.purpose)
    } catch (error) {
      this.#living.delete(living)
      if (error instanceof LaunchFailed) throw new Refusal('RUNTIME_UNAVAILABLE', error.message)
      throw error
    }
  }

  has(appid: string): boolean {
    return [...this.#living].some((one) => one.appid === appid)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#living].map((living) => this.#end(living)))
  }

  #admit(appid: string): void {
    const ofApp = [...this.#living].filter((one) => one.appid === appid).length
    if (ofApp >= limits.sideRuntimesPerApp) {
      const message = `This app has ${ofApp} debug and test runtimes already: end one of them first.`
      throw new Refusal('LIMIT_REACHED', message, { limit: limits.sideRuntimesPerApp })
    }
    if (this.#living.size >= limits.sideRuntimes) {
      const message = 'Too many debug and test runtimes run on this server: try again later.'
      throw new Refusal('LIMIT_REACHED', message, { limit: limits.sideRuntimes })
    }
  }

  #handle(living: Living, { id, appid, exited }: Instance, purpose: SidePurpose): SideRuntime {
    const { channels, driver } = this.#parts
    const channel = () => {
      const found = channels.side(id)
      if (!found) throw new Refusal('RUNTIME_UNAVAILABLE', `The ${purpose} runtime has ended.`)
      return found
    }
    return {
      instanceId: id,
      appid,
      purpose,
      upstream: driver.upstreams(appid, id)[0]!,
      exited,
      channel,
      refresh: () => channels.refreshSide(channel(), REFRESH_MS),
      [Symbol.asyncDispose]: () => this.#end(living),
    }
  }

  /** Also of one that has ended by itself: its record goes. */
  async #end(living: Living): Promise<void> {
    if (!this.#living.delete(living) || !living.instance) return
    await dispose(this.#parts, living.instance)
  }
}
