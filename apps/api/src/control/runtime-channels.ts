import type { LoadError } from '@lathe/shared'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { LogHub } from '../logs/log-hub.ts'
import type { Mongo } from '../mongo/mongo.ts'
import { Mutexes } from '../mutexes.ts'
import { settingsOf } from '../reconciler/app-route.ts'
import type { SecretBox } from '../secret-box.ts'
import { envValues } from '../services/env/values.ts'
import { liveUnits } from '../services/functions/units.ts'
import { type ChannelListener, type Heartbeat, RuntimeChannel, type Stuck } from './runtime-channel.ts'

/** What the reconciler wants to know of the connected runtimes. */
export interface ChannelObserver {
  ready(appid: string, instanceId: string): void
  lost(appid: string, instanceId: string): void
  heartbeat(appid: string, instanceId: string, beat: Heartbeat): void
  /** Resolves when whoever waits for that request has been told. */
  stuck(appid: string, request: Stuck): Promise<void>
}

/** All connected runtimes, by app. Each is told the whole truth when it comes, and every change from then on. */
export class RuntimeChannels {
  #mongo: Mongo
  #secrets: SecretBox
  #logs: LogHub
  #log: Logger
  #byApp = new Map<string, Set<RuntimeChannel>>()
  /** Side runtimes, by instance: a publish does not wait for one that stands at a breakpoint. */
  #sides = new Map<string, RuntimeChannel>()
  #changes = new Mutexes()
  #observer: ChannelObserver | null = null

  constructor(mongo: Mongo, secrets: SecretBox, logs: LogHub, log: Logger) {
    this.#mongo = mongo
    this.#secrets = secrets
    this.#logs = logs
    this.#log = log.child({ part: 'channels' })
  }

  observe(observer: ChannelObserver): void {
    this.#observer = observer
  }

  /**
   * Runs `change` alone among the changes of an app's live functions. A runtime that connects is synchronised as
   * one of them, so that it neither misses a publish nor sees one twice.
   */
  exclusive<T>(appid: string, change: () => Promise<T>): Promise<T> {
    return this.#changes.run(appid, change)
  }

  /** The app's runtimes that are connected and have loaded their functions. */
  ready(appid: string): RuntimeChannel[] {
    return this.connected(appid).filter((channel) => channel.isReady)
  }

  /** Those that changes concern, whether or not they have loaded their functions. */
  connected(appid: string): RuntimeChannel[] {
    return [...(this.#byApp.get(appid) ?? [])].filter((channel) => channel.isOpen && !channel.isDraining)
  }

  /** Has an instance finish what it has and end. @returns false when it is not connected */
  drain(appid: string, instanceId: string, graceMs: number): boolean {
    const channels = [...(this.#byApp.get(appid) ?? [])]
    const open = channels.filter((channel) => channel.instanceId === instanceId && channel.isOpen)
    for (const channel of open) channel.drain(graceMs)
    return open.length > 0
  }

  /** A side runtime that is connected and has loaded its functions. */
  side(instanceId: string): RuntimeChannel | null {
    const channel = this.#sides.get(instanceId)
    return channel?.isReady && channel.isOpen ? channel : null
  }

  /** Tells a runtime the whole truth. To be called within `exclusive`. */
  async sync(channel: RuntimeChannel): Promise<void> {
    const { functions, env } = await this.#truth(channel.appid)
    channel.sync(functions, env)
  }

  /** Brings a side runtime, which hears of no publish, up to what is live now. */
  async refreshSide(channel: RuntimeChannel, timeoutMs: number): Promise<void> {
    const { functions, env } = await this.#truth(channel.appid)
    await channel.synced(functions, env, timeoutMs)
  }

  async #truth(appid: string) {
    const [functions, env] = await Promise.all([
      liveUnits(this.#mongo, appid),
      envValues(this.#mongo, this.#secrets, appid),
    ])
    return { functions, env }
  }

  /**
   * Takes over an authenticated connection.
   * @param identity `isNew`: the instance has not served yet
   */
  attach(
    socket: WebSocket,
    identity: { appid: string; instanceId: string; isNew: boolean; isSide: boolean },
  ): void {
    const listener = identity.isSide ? this.#sideListener(identity) : this.#listener(identity)
    new RuntimeChannel(identity, socket, listener, this.#log)
  }

  #listener(identity: { appid: string; instanceId: string; isNew: boolean }): ChannelListener {
    return {
      hello: (channel, hello) => {
        if (hello.appid !== identity.appid || hello.instanceId !== identity.instanceId) return channel.close()
        void this.#welcome(channel)
      },
      ready: (channel) => {
        const others = this.ready(channel.appid).filter((other) => other !== channel)
        if (identity.isNew && others.length === 0) this.#logs.metrics.coldStart(channel.appid)
        identity.isNew = false // `ready` is said after every synchronisation
        this.#observer?.ready(channel.appid, channel.instanceId)
      },
      logs: (channel, { lines, dropped }) =>
        this.#logs.ingest(channel.appid, channel.instanceId, lines, dropped),
      invocations: (channel, { items }) => this.#logs.handled(channel.appid, channel.instanceId, items),
      metrics: (channel, { counts }) => this.#logs.metrics.counted(channel.appid, counts),
      heartbeat: (channel, beat) => {
        this.#logs.metrics.heartbeat(channel.appid, channel.instanceId, beat)
        this.#observer?.heartbeat(channel.appid, channel.instanceId, beat)
      },
      stuck: (channel, request) => {
        void this.#observer?.stuck(channel.appid, request).finally(() => channel.tellStuckKnown())
      },
      closed: (channel) => this.#leave(channel),
    }
  }

  /** What it runs is shown and recorded as runs are; it is no part of the app's figures. */
  #sideListener(identity: { appid: string; instanceId: string }): ChannelListener {
    return {
      hello: (channel, hello) => {
        if (hello.appid !== identity.appid || hello.instanceId !== identity.instanceId) return channel.close()
        this.#sides.set(channel.instanceId, channel)
        this.sync(channel).catch((error: unknown) => {
          this.#log.error({ err: error, instanceId: channel.instanceId }, 'a side runtime has no functions')
          channel.close() // it comes back, and is told then
        })
      },
      ready: (channel) => this.#observer?.ready(channel.appid, channel.instanceId),
      logs: (channel, { lines, dropped }) =>
        this.#logs.ingest(channel.appid, channel.instanceId, lines, dropped),
      invocations: (channel, { items }) => this.#logs.handled(channel.appid, channel.instanceId, items),
      metrics: () => {},
      heartbeat: () => {},
      stuck: (channel) => channel.tellStuckKnown(),
      closed: (channel) => {
        if (this.#sides.get(channel.instanceId) === channel) this.#sides.delete(channel.instanceId)
        this.#observer?.lost(channel.appid, channel.instanceId)
      },
    }
  }

  async #learnRetention(appid: string): Promise<void> {
    const app = await this.#mongo.apps.findOne({ _id: appid }, { projection: { settings: 1 } })
    if (app) this.#logs.retention.set(appid, settingsOf(app))
  }

  async #welcome(channel: RuntimeChannel): Promise<void> {
    try {
      await this.exclusive(channel.appid, async () => {
        await this.#learnRetention(channel.appid)
        await this.sync(channel)
        const channels = this.#byApp.get(channel.appid) ?? new Set()
        this.#byApp.set(channel.appid, channels.add(channel))
      })
    } catch (error) {
      this.#log.error({ err: error, instanceId: channel.instanceId }, 'a runtime could not be synchronised')
      channel.close() // it comes back, and is told then
    }
  }

  #leave(channel: RuntimeChannel): void {
    this.#logs.metrics.gone(channel.instanceId)
    const channels = this.#byApp.get(channel.appid)
    channels?.delete(channel)
    if (channels?.size === 0) this.#byApp.delete(channel.appid)
    this.#observer?.lost(channel.appid, channel.instanceId)
  }
}

/** Load errors that a change has caused, without those that the runtime had before it. */
export function newErrors(channel: RuntimeChannel, errors: LoadError[], changed: string[]): LoadError[] {
  return errors.filter(({ name }) => changed.includes(name) || !channel.broken.has(name))
}
