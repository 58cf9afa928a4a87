import type { Logger } from 'pino'
import { lengthMs, WHOLE_APP } from '../metrics/buckets.ts'
import type { Mongo } from '../mongo/mongo.ts'
import type { MetricsDoc } from '../mongo/observed.ts'
import { idsBefore } from './order.ts'
import { kept } from './retention.ts'

type Kind = keyof typeof kept

/** After so many new documents of an app it is looked at again: the bound is kept to within this share. */
const LOOK_AFTER = 1 / 20

/**
 * Keeps what one app has stored within its bounds. How much there is of each minute and hour is known from the roll-ups,
 * so nothing has to be counted.
 */
export class Pruner implements AsyncDisposable {
  #mongo: Mongo
  #log: Logger
  #since = new Map<string, number>()
  #work: Promise<void> = Promise.resolve()

  constructor(mongo: Mongo, log: Logger) {
    this.#mongo = mongo
    this.#log = log
  }

  stored(appid: string, counts: Partial<Record<Kind, number>>): void {
    for (const [kind, count] of Object.entries(counts) as [Kind, number][]) {
      const key = `${appid}/${kind}`
      const since = (this.#since.get(key) ?? 0) + count
      if (since < kept[kind] * LOOK_AFTER) {
        this.#since.set(key, since)
        continue
      }
      this.#since.delete(key)
      this.#work = this.#work.then(() => this.#prune(appid, kind))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#work
  }

  async #prune(appid: string, kind: Kind): Promise<void> {
    try {
      const edge = await this.#edge(appid, kind)
      if (!edge) return
      const collection = kind === 'lines' ? this.#mongo.logs : this.#mongo.invocations
      const { deletedCount } = await collection.deleteMany({ appid, _id: idsBefore(edge) })
      if (deletedCount > 0)
        this.#log.info({ appid, kind, deletedCount }, 'removed the oldest beyond the bound')
    } catch (error) {
      this.#log.warn({ err: error, appid }, 'the log could not be cut to its bound: tried again later')
    }
  }

  /** The moment from which on there is no more than what may be kept; null when all of it may. */
  async #edge(appid: string, kind: Kind): Promise<Date | null> {
    for (const resolution of ['minute', 'hour'] as const) {
      let sum = 0
      const buckets = this.#mongo.metrics
        .find({ appid, resolution, functionName: WHOLE_APP })
        .sort({ at: -1 })
        .project<Pick<MetricsDoc, 'at' | 'lines' | 'records'>>({ at: 1, lines: 1, records: 1 })
      for await (const { at, ...bucket } of buckets) {
        sum += bucket[kind] ?? 0
        if (sum > kept[kind]) return new Date(at.getTime() + lengthMs[resolution])
      }
    }
    return null
  }
}
