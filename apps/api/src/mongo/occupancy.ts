import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import type { ApiEnv } from '@lathe/shared'
import { MongoServerError } from 'mongodb'
import type { Logger } from 'pino'
import { SettingRefused } from '../config/env.ts'
import type { Mongo } from './mongo.ts'

const BEAT_MS = 2_000
/** Whoever has not been heard of for so long is gone. */
const SILENCE_MS = 10_000
const LOOK_MS = 250
const DUPLICATE_KEY = 11000

/**
 * That one Lathe alone drives a database. What runtimes it has and what they were told is known to the api that started
 * them: a second one would take the first one's for dead. No clocks are compared, since they may be those of two machines:
 * the one that is there says so again and again, and the one that comes looks whether it does.
 */
export class Occupancy implements AsyncDisposable {
  readonly #mongo: Mongo
  readonly #owner: string
  readonly #beat: NodeJS.Timeout

  private constructor(mongo: Mongo, owner: string, log: Logger) {
    this.#mongo = mongo
    this.#owner = owner
    this.#beat = setInterval(() => {
      say(mongo, owner).then(
        (isOurs) => {
          if (!isOurs) log.error('another Lathe has taken over this database: stop one of the two')
        },
        (error) => log.warn({ err: error }, 'the database does not hear that it is in use'),
      )
    }, BEAT_MS)
  }

  /**
   * Takes a database, at once when it is free or was ours, else when its owner turns out to be gone.
   * @throws SettingRefused when another Lathe uses it
   */
  static async take(mongo: Mongo, env: ApiEnv, log: Logger): Promise<Occupancy> {
    const owner = `${hostname()}:${env.LATHE_DATA}`
    let heard: string | null = null
    let silentSince = performance.now()
    while (!(await settle(mongo, owner, performance.now() - silentSince < SILENCE_MS ? null : heard))) {
      const other = await mongo.occupancy.findOne()
      if (heard !== null && other && other.beat !== heard) {
        throw new SettingRefused(
          'MONGODB_URL',
          `the Lathe of ${other.owner} uses this database: stop it, or give this one a MongoDB of its own`,
        )
      }
      if (heard === null) silentSince = performance.now()
      heard = other?.beat ?? null
      await delay(LOOK_MS)
    }
    return new Occupancy(mongo, owner, log)
  }

  /** Leaves it to the next one. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat)
    await this.#mongo.occupancy.deleteOne({ owner: this.#owner })
  }
}

/** Says that the owner is there. @returns false: it is not the owner any more */
async function say({ occupancy }: Mongo, owner: string): Promise<boolean> {
  const { matchedCount } = await occupancy.updateOne({ owner }, { $set: { beat: randomUUID() } })
  return matchedCount === 1
}

/** Becomes the owner, of what is free or ours, or was last heard of by `beat`. @returns whether it is */
async function settle({ occupancy }: Mongo, owner: string, beat: string | null): Promise<boolean> {
  const theirs = beat === null ? [] : [{ beat }]
  try {
    await occupancy.updateOne(
      { _id: 'lathe', $or: [{ owner }, ...theirs] },
      { $set: { owner, beat: randomUUID() } },
      { upsert: true },
    )
    return true
  } catch (error) {
    if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false
    throw error
  }
}
