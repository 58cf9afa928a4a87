import type { Collection, OptionalUnlessRequiredId } from 'mongodb'
import type { Logger } from 'pino'

const FLUSH_MS = 250
const BATCH = 1_000

/** What a runtime reported and can be stored: it belongs to an app. */
export interface Reported {
  _id: string
  appid: string
}

export interface BatchWriterOptions<T> {
  collection: Collection<T & Reported>
  /** Documents that wait for the database; beyond it the oldest are given up. */
  queueLimit: number
  log: Logger
  /** For the log: `log lines`. */
  what: string
  /** How many documents of an app have just been stored. */
  stored(appid: string, count: number): void
  /** How many have been given up, because the database is slow, away, or refuses them. */
  lost(appid: string, count: number): void
}

/** Documents on their way to the database: in batches, in a bounded queue, at most once. */
export class BatchWriter<T extends Reported> {
  #options: BatchWriterOptions<T>
  #queue: T[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(options: BatchWriterOptions<T>) {
    this.#options = options
  }

  push(documents: readonly T[]): void {
    for (const document of documents) this.#queue.push(document)
    const over = this.#queue.length - this.#options.queueLimit
    if (over > 0) this.#giveUp(this.#queue.splice(0, over), 'the database does not keep up')
    if (this.#queue.length > 0) this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  /** Resolves when everything that was pushed before the call is in the database, or given up. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    const { collection, stored } = this.#options
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH)
      try {
        await collection.insertMany(batch as OptionalUnlessRequiredId<T & Reported>[], {
          ordered: false,
          // A crash of the database may cost the last moments of a log, which is cheaper than a disk flush per batch.
          writeConcern: { w: 1, journal: false },
        })
        for (const [appid, count] of countByApp(batch)) stored(appid, count)
      } catch (error) {
        this.#giveUp(batch, error)
      }
    }
  }

  #giveUp(documents: readonly T[], because: unknown): void {
    const { log, what, lost } = this.#options
    const reason = because instanceof Error ? { err: because } : { because }
    log.warn({ ...reason, count: documents.length }, `${what} could not be stored`)
    for (const [appid, count] of countByApp(documents)) lost(appid, count)
  }
}

function countByApp(documents: readonly Reported[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { appid } of documents) counts.set(appid, (counts.get(appid) ?? 0) + 1)
  return counts
}
