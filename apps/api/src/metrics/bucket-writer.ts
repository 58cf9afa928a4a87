import {
  type AnyBulkWriteOperation,
  MongoBulkWriteError,
  MongoNetworkError,
  type UpdateFilter,
} from 'mongodb'
import type { Logger } from 'pino'
import type { Mongo } from '../mongo/mongo.ts'
import type { MetricsDoc } from '../mongo/observed.ts'
import { bucketId, expiryOf, type Resolution, resolutions, startOf } from './buckets.ts'
import { addTo, emptyTally, type Tally } from './tally.ts'

/** Roll-ups that wait for a database that is away. */
const WAITING = 20_000
const OPERATIONS = 500

/** What a whole app has beside its requests; numbers to add up. */
export const extraFields = ['coldStarts', 'cpuMs', 'upMs', 'lines', 'records'] as const
export type Extras = Partial<Record<(typeof extraFields)[number], number>>

interface Pending {
  appid: string
  resolution: Resolution
  functionName: string
  start: number
  tally: Tally
  extras: Extras
  memoryBytes: number
  /** Of the hour of a whole app: its requests and errors by minute. */
  minutes: Map<number, { requests: number; errors: number }>
}

/**
 * Gathers what is to be added to roll-ups, and adds it by upserts with `$inc`: any number of apis may do so at once.
 * What a write without an answer may or may not have added is not added again.
 */
export class BucketWriter {
  #mongo: Mongo
  #log: Logger
  #pending = new Map<string, Pending>()
  #writing: Promise<void> = Promise.resolve()

  constructor(mongo: Mongo, log: Logger) {
    this.#mongo = mongo
    this.#log = log
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  requests(appid: string, functionName: string, at: number, given: Parameters<typeof addTo>[1]): void {
    for (const resolution of resolutions) {
      addTo(this.#at(appid, resolution, functionName, at).tally, given)
    }
  }

  /** The minute's share of its hour, by which the last hour of all apps is read at once. */
  minuteOfHour(appid: string, at: number, given: { requests: number; errors: number }): void {
    const { minutes } = this.#at(appid, 'hour', '', at)
    const minute = Math.floor((at % 3_600_000) / 60_000)
    const sum = minutes.get(minute) ?? { requests: 0, errors: 0 }
    minutes.set(minute, { requests: sum.requests + given.requests, errors: sum.errors + given.errors })
  }

  extras(appid: string, at: number, given: Extras, memoryBytes = 0): void {
    for (const resolution of resolutions) {
      const pending = this.#at(appid, resolution, '', at)
      for (const field of extraFields) {
        const value = given[field]
        if (value) pending.extras[field] = (pending.extras[field] ?? 0) + value
      }
      pending.memoryBytes = Math.max(pending.memoryBytes, memoryBytes)
    }
  }

  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    const all = [...this.#pending]
    this.#pending = new Map()
    for (let i = 0; i < all.length; i += OPERATIONS) {
      const batch = new Map(all.slice(i, i + OPERATIONS))
      try {
        await this.#send(batch)
      } catch (error) {
        if (error instanceof MongoNetworkError || error instanceof MongoBulkWriteError) {
          this.#log.error({ err: error, roll_ups: batch.size }, 'metrics may have been lost')
          continue
        }
        // Nothing of this has reached the database: it goes out with the next ones.
        for (const [id, pending] of all.slice(i)) this.#putBack(id, pending)
        this.#log.warn({ err: error }, 'metrics wait for the database')
        return
      }
    }
  }

  async #send(batch: Map<string, Pending>): Promise<void> {
    const options = { ordered: false, writeConcern: { w: 1, journal: false } } as const
    const ids = [...batch.keys()]
    try {
      await this.#mongo.metrics.bulkWrite([...batch].map(upsert), options)
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error
      const failed = [error.writeErrors].flat()
      if (failed.length === 0 || !failed.every((one) => one.code === 11000)) throw error
      // Another api made the same roll-up at the same moment: now there is one to add to.
      const again = failed.map(({ index }) => ids[index]!).map((id) => upsert([id, batch.get(id)!]))
      await this.#mongo.metrics.bulkWrite(again, options)
    }
  }

  #putBack(id: string, pending: Pending): void {
    const newer = this.#pending.get(id)
    if (!newer) {
      if (this.#pending.size < WAITING) this.#pending.set(id, pending)
      return
    }
    addTo(newer.tally, pending.tally)
    newer.memoryBytes = Math.max(newer.memoryBytes, pending.memoryBytes)
    for (const field of extraFields) {
      const value = pending.extras[field]
      if (value) newer.extras[field] = (newer.extras[field] ?? 0) + value
    }
    for (const [minute, { requests, errors }] of pending.minutes) {
      const sum = newer.minutes.get(minute) ?? { requests: 0, errors: 0 }
      newer.minutes.set(minute, { requests: sum.requests + requests, errors: sum.errors + errors })
    }
  }

  #at(appid: string, resolution: Resolution, functionName: string, at: number): Pending {
    const start = startOf(resolution, at)
    const id = bucketId(appid, resolution, start, functionName)
    const known = this.#pending.get(id)
    if (known) return known
    const fresh: Pending = {
      appid,
      resolution,
      functionName,
      start,
      tally: emptyTally(),
      extras: {},
      memoryBytes: 0,
      minutes: new Map(),
    }
    this.#pending.set(id, fresh)
    return fresh
  }
}

function upsert([id, pending]: [string, Pending]): AnyBulkWriteOperation<MetricsDoc> {
  const { appid, resolution, functionName, start, tally, extras, memoryBytes, minutes } = pending
  const sums: Record<string, number> = { ...extras }
  const { latency, ...numbers } = tally
  for (const [field, value] of Object.entries(numbers)) sums[field] = value
  for (const [bucket, count] of latency) sums[`latency.${bucket}`] = count
  for (const [minute, { requests, errors }] of minutes) {
    sums[`minutes.${minute}.requests`] = requests
    sums[`minutes.${minute}.errors`] = errors
  }
  const update: UpdateFilter<MetricsDoc> = {
    $inc: sums as Record<'requests', number>,
    $setOnInsert: {
      appid,
      resolution,
      functionName,
      at: new Date(start),
      expiresAt: expiryOf(resolution, start),
    },
    ...(memoryBytes > 0 ? { $max: { memoryBytes } } : {}),
  }
  return { updateOne: { filter: { _id: id }, update, upsert: true } }
}
