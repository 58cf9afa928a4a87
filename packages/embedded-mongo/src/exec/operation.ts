import { setImmediate } from 'node:timers/promises'
import { MongoError } from '../errors.ts'

/** How long an operation may hold the event loop before it lets others in, in milliseconds. */
const SLICE_MS = 5

/** What one operation may hold in memory at once (sorts, groups, joins), in bytes. */
export const MEMORY_LIMIT = 100 * 1024 * 1024

/** One running command or open cursor: its deadline, whether it was killed, and its turns on the event loop. */
export class Operation {
  #deadline = Infinity
  #killed: MongoError | undefined
  #sliceEnd = performance.now() + SLICE_MS
  /** For explain. */
  readonly examined = { keys: 0, documents: 0 }

  limit(maxTimeMS: number | undefined): void {
    this.#deadline = maxTimeMS ? performance.now() + maxTimeMS : Infinity
  }

  kill(error: MongoError): void {
    this.#killed ??= error
  }

  check(): void {
    if (this.#killed) throw this.#killed
    if (performance.now() > this.#deadline)
      throw new MongoError('MaxTimeMSExpired', 'operation exceeded time limit')
  }

  /** True when the operation has used its slice and should {@link pause}. */
  get due(): boolean {
    return performance.now() > this.#sliceEnd
  }

  /** Lets other clients' work run; throws when the operation has to end. */
  async pause(): Promise<void> {
    this.check()
    if (!this.due) return
    await setImmediate()
    this.#sliceEnd = performance.now() + SLICE_MS
    this.check()
  }
}

/** Counts the bytes that a stage holds and refuses more than the limit. */
export class MemoryBudget {
  #used = 0
  readonly #what: string
  constructor(what: string) {
    this.#what = what
  }
  add(bytes: number): void {
    this.#used += bytes
    if (this.#used > MEMORY_LIMIT) {
      throw new MongoError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `${this.#what} exceeded memory limit of ${MEMORY_LIMIT} bytes; the embedded database does not spill to disk`,
      )
    }
  }
  set(bytes: number): void {
    this.#used = 0
    this.add(bytes)
  }
}
