import { MongoError } from '../errors.ts'
import { asMongoError, type Connection } from './connection.ts'
import { Signal } from './signal.ts'

/**
 * Group commit. Units of writing that arrive in one turn of the event loop share one SQLite transaction; each has a
 * savepoint, so one that fails leaves no trace. The transaction is committed (and synced) once, and only then is any
 * unit acknowledged.
 */
export class Writer {
  readonly #connection: Connection
  #batch: PromiseWithResolvers<void> | undefined
  #closed = false
  /** Runs before the first change of each commit. */
  beforeBatch: () => void = () => {}
  /** Each commit. */
  readonly committed = new Signal()
  commits = 0
  /** How often something that was written was taken back. */
  rollbacks = 0

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Runs `unit` now; `durable` is settled when what it wrote is on disk. Throws what the unit throws. */
  run<T>(unit: () => T): { value: T; durable: Promise<void> } {
    if (this.#closed) throw new MongoError('ShutdownInProgress', 'the server is shutting down')
    const connection = this.#connection
    try {
      const batch = this.#begin()
      connection.exec('SAVEPOINT unit')
      try {
        const value = unit()
        connection.exec('RELEASE unit')
        return { value, durable: batch.promise }
      } catch (error) {
        if (!connection.db.isTransaction) throw this.#lost(error)
        this.rollbacks += 1
        connection.exec('ROLLBACK TO unit')
        connection.exec('RELEASE unit')
        throw error
      }
    } catch (error) {
      throw asMongoError(error) ?? error
    }
  }

  #begin(): PromiseWithResolvers<void> {
    if (this.#batch) return this.#batch
    this.#connection.exec('BEGIN IMMEDIATE')
    this.beforeBatch()
    const batch = Promise.withResolvers<void>()
    // Whoever waits sees the failure; a batch that nobody waits for must not end the process.
    batch.promise.catch(() => {})
    this.#batch = batch
    setImmediate(() => this.flush())
    return batch
  }

  /** SQLite rolled the whole transaction back (disk full, I/O error): nobody in it may be acknowledged. */
  #lost(error: unknown): unknown {
    const failure = asMongoError(error) ?? error
    this.rollbacks += 1
    const batch = this.#batch
    this.#batch = undefined
    batch?.reject(failure)
    return failure
  }

  /** Commits what is open. */
  flush(): void {
    const batch = this.#batch
    if (!batch) return
    try {
      this.#connection.exec('COMMIT')
    } catch (error) {
      if (this.#connection.db.isTransaction) this.#connection.exec('ROLLBACK')
      this.#lost(error)
      return
    }
    this.#batch = undefined
    this.commits += 1
    batch.resolve()
    this.committed.fire()
  }

  /** Changes of tables have a transaction of their own, synced when this returns. */
  exclusive<T>(change: () => T): T {
    this.flush()
    if (this.#closed) throw new MongoError('ShutdownInProgress', 'the server is shutting down')
    try {
      this.#connection.exec('BEGIN IMMEDIATE')
      const value = change()
      this.#connection.exec('COMMIT')
      this.commits += 1
      this.committed.fire()
      return value
    } catch (error) {
      if (this.#connection.db.isTransaction) this.#connection.exec('ROLLBACK')
      throw asMongoError(error) ?? error
    }
  }

  get closed(): boolean {
    return this.#closed
  }

  close(): void {
    this.flush()
    this.#closed = true
  }
}
