import { MongoError } from '../errors.ts'
import { asMongoError, type Connection } from './connection.ts'
import { Signal } from './signal.ts'

/** Brings what is committed to disk. */
export interface Sync {
  sync(): Promise<void>
  syncNow(): void
}

type Batch = PromiseWithResolvers<void>

/**
 * Group commit. Units of writing that arrive in one turn of the event loop share one SQLite transaction; each has a
 * savepoint, so one that fails leaves no trace. Transactions that are committed while the disk is busy share the next
 * sync, and only after it is any of their units acknowledged. Others may read a unit before that.
 */
export class Writer {
  readonly #connection: Connection
  readonly #log: Sync | undefined
  #batch: Batch | undefined
  /** Committed, and waiting for a sync that begins after that. */
  #unsynced: Batch[] = []
  #syncing = false
  #failure: MongoError | undefined
  #closed = false
  /** Runs before the first change of each commit. */
  beforeBatch: () => void = () => {}
  /** Each commit, once it is on disk. */
  readonly committed = new Signal()
  commits = 0
  /** How often something that was written was taken back. */
  rollbacks = 0

  /** @param log undefined: what is committed is acknowledged, and brought to disk whenever the system does it */
  constructor(connection: Connection, log?: Sync) {
    this.#connection = connection
    this.#log = log
  }

  /** Runs `unit` now; `durable` is settled when what it wrote is on disk. Throws what the unit throws. */
  run<T>(unit: () => T): { value: T; durable: Promise<void> } {
    this.#checkOpen()
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
    this.#unsynced.push(batch)
    if (!this.#syncing) void this.#sync()
  }

  async #sync(): Promise<void> {
    this.#syncing = true
    while (this.#unsynced.length > 0) {
      const batches = this.#unsynced
      this.#unsynced = []
      try {
        if (this.#failure) throw this.#failure
        if (this.#log) await this.#log.sync()
        this.#synced(batches)
      } catch (error) {
        this.#broken(error, batches)
      }
    }
    this.#syncing = false
  }

  #synced(batches: readonly Batch[]): void {
    for (const batch of batches) batch.resolve()
    this.committed.fire()
  }

  #syncNow(): void {
    const batches = this.#unsynced
    this.#unsynced = []
    try {
      this.#log?.syncNow()
    } catch (error) {
      throw this.#broken(error, batches)
    }
    this.#synced(batches)
  }

  /** After a sync that failed nobody knows what the disk holds, and a second one may lie: nothing more is taken. */
  #broken(error: unknown, batches: readonly Batch[]): MongoError {
    const why = error instanceof Error ? error.message : String(error)
    this.#failure ??= new MongoError(
      'OperationFailed',
      `the disk of the embedded database failed (${why}): nothing more is written before a restart`,
    )
    for (const batch of batches) batch.reject(this.#failure)
    return this.#failure
  }

  #checkOpen(): void {
    if (this.#failure) throw this.#failure
    if (this.#closed) throw new MongoError('ShutdownInProgress', 'the server is shutting down')
  }

  /** Changes of tables have a transaction of their own, synced when this returns. */
  exclusive<T>(change: () => T): T {
    this.flush()
    this.#checkOpen()
    try {
      this.#connection.exec('BEGIN IMMEDIATE')
      const value = change()
      this.#connection.exec('COMMIT')
      this.commits += 1
      this.#syncNow()
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
    if (!this.#failure) this.#syncNow()
  }
}
