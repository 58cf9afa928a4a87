import { setTimeout as delay } from 'node:timers/promises'
import { type ChangeStream, MongoServerError } from 'mongodb'
import type { Logger } from 'pino'
import type { Mongo } from '../mongo/mongo.ts'

/** What is listened to. */
const COLLECTIONS = ['apps', 'audit', 'dependencies', 'metrics', 'presence', 'member', 'apikey', 'session']
const RETRY_MS = 1_000
/** How often a database that has no change streams (a MongoDB that is no replica set) is looked at instead. */
const LOOK_MS = 2_000

/** Something was written. */
export interface Change {
  /** Null: anything may have changed. */
  collection: string | null
  id: string
}

/**
 * Tells what is written to the platform's database, by this process or another, through one change stream that is open
 * while anybody listens.
 */
export class ChangeFeed implements AsyncDisposable {
  #mongo: Mongo
  #log: Logger
  #listeners = new Set<(change: Change) => void>()
  #stop: AbortController | null = null
  #running: Promise<void> = Promise.resolve()

  constructor(mongo: Mongo, log: Logger) {
    this.#mongo = mongo
    this.#log = log.child({ part: 'changes' })
  }

  /** @returns stops listening */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    if (!this.#stop) {
      const stop = new AbortController()
      this.#stop = stop
      this.#running = this.#run(stop.signal)
    }
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stop?.abort()
      this.#stop = null
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear()
    this.#stop?.abort()
    await this.#running
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#watch(signal)
      } catch (error) {
        if (signal.aborted) return
        const isWithout = error instanceof MongoServerError && error.code === 40573
        if (!isWithout) this.#log.warn({ err: error }, 'the change stream broke; it is opened again')
        await delay(isWithout ? LOOK_MS : RETRY_MS, undefined, { signal }).catch(() => {})
        // What was missed is not known.
        this.#tell({ collection: null, id: '' })
      }
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const stream: ChangeStream = this.#mongo.db.watch([
      { $match: { 'ns.coll': { $in: COLLECTIONS } } },
      { $project: { ns: 1, documentKey: 1, operationType: 1 } },
    ])
    const close = () => void stream.close().catch(() => {})
    signal.addEventListener('abort', close, { once: true })
    try {
      for await (const change of stream) {
        if (!('documentKey' in change) || !('ns' in change) || !('coll' in change.ns)) continue
        this.#tell({ collection: change.ns.coll, id: String(change.documentKey._id) })
      }
    } finally {
      signal.removeEventListener('abort', close)
      close()
    }
  }
}
