import { type Invocation, type LogLine, limits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { Logger } from 'pino'
import type { LogDoc } from '../mongo/documents.ts'
import type { Mongo } from '../mongo/mongo.ts'

const FLUSH_MS = 250
const BATCH_LINES = 1_000
/** Lines that wait for the database; beyond it the oldest are given up and counted. */
const QUEUE_LINES = 20_000

export interface LogSubscriber {
  line?(id: string, line: LogLine): void
  dropped?(count: number): void
  handled?(invocation: Invocation): void
}

/** Log lines on their way from the runtimes: to whoever looks on at once, to the database in batches. */
export class LogHub implements AsyncDisposable {
  #mongo: Mongo
  #log: Logger
  #subscribers = new Map<string, Set<LogSubscriber>>()
  #queue: LogDoc[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(mongo: Mongo, log: Logger) {
    this.#mongo = mongo
    this.#log = log.child({ part: 'logs' })
  }

  /** @returns what ends the subscription */
  subscribe(appid: string, subscriber: LogSubscriber): () => void {
    const subscribers = this.#subscribers.get(appid) ?? new Set()
    this.#subscribers.set(appid, subscribers.add(subscriber))
    return () => {
      subscribers.delete(subscriber)
      if (subscribers.size === 0 && this.#subscribers.get(appid) === subscribers) {
        this.#subscribers.delete(appid)
      }
    }
  }

  ingest(appid: string, instanceId: string, lines: LogLine[], dropped: number): void {
    const subscribers = this.#subscribers.get(appid)
    if (dropped > 0) for (const subscriber of subscribers ?? []) subscriber.dropped?.(dropped)
    for (const given of lines) {
      const line = { ...given, text: given.text.slice(0, limits.logLineChars + 100) }
      const id = new ObjectId().toHexString()
      for (const subscriber of subscribers ?? []) subscriber.line?.(id, line)
      this.#queue.push({ _id: id, appid, instanceId, ...line, at: new Date(line.at) })
    }
    if (this.#queue.length > QUEUE_LINES) this.#giveUp(this.#queue.length - QUEUE_LINES)
    if (this.#queue.length > 0) this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS)
  }

  handled(appid: string, invocations: Invocation[]): void {
    for (const invocation of invocations) {
      for (const subscriber of this.#subscribers.get(appid) ?? []) subscriber.handled?.(invocation)
    }
  }

  /** Writes what waits; resolves when every line that arrived before the call is in the database, or given up. */
  flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush()
  }

  async #write(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH_LINES)
      try {
        await this.#mongo.logs.insertMany(batch, { ordered: false, writeConcern: { w: 1, journal: false } })
      } catch (error) {
        this.#log.warn({ err: error, lines: batch.length }, 'log lines could not be stored')
        for (const appid of new Set(batch.map((line) => line.appid))) {
          const count = batch.filter((line) => line.appid === appid).length
          for (const subscriber of this.#subscribers.get(appid) ?? []) subscriber.dropped?.(count)
        }
      }
    }
  }

  #giveUp(count: number): void {
    this.#queue.splice(0, count)
    this.#log.warn({ lines: count }, 'log lines given up: the database does not keep up')
  }
}
