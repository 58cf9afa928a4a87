/** The storage engine: one SQLite file in WAL mode, one connection that writes, one that reads what is committed. */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Doc, doc } from '../bson/values.ts'
import { type ChangeRecorder, NO_RECORDER } from '../changes/recorder.ts'
import { MongoError } from '../errors.ts'
import type { Operation } from '../exec/operation.ts'
import { DirectTarget } from '../exec/target.ts'
import { plainView, type View } from '../exec/view.ts'
import { Catalog } from './catalog.ts'
import { type CheckResult, checkCollection } from './check.ts'
import type { Collection } from './collection.ts'
import { asMongoError, Connection } from './connection.ts'
import type { Index } from './index-spec.ts'
import { LogFile } from './log-file.ts'
import { compileValidator } from './validator.ts'
import { Writer } from './writer.ts'

export type Synchronous = 'FULL' | 'NORMAL'

export interface EngineOptions {
  readonly dataDir: string
  readonly synchronous?: Synchronous
}

export class Engine {
  readonly file: string
  readonly #lock: Connection
  readonly #log: LogFile | undefined
  readonly write: Connection
  readonly read: Connection
  readonly writer: Writer
  readonly catalog: Catalog
  /** What reads outside of transactions see: committed data only. */
  readonly committed: View
  changes: ChangeRecorder = NO_RECORDER
  /** Collections that open transactions made: others are not shown them yet. */
  readonly uncommitted = new Set<Collection>()

  constructor({ dataDir, synchronous = 'FULL' }: EngineOptions) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    this.file = join(dataDir, 'data.sqlite')
    this.#lock = takeLock(join(dataDir, 'lock.sqlite'))
    this.write = new Connection(this.file)
    // SQLite gives the log beside the file the same mode.
    chmodSync(this.file, 0o600)
    this.write.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000;
      PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 67108864`)
    this.#log = synchronous === 'FULL' ? new LogFile(this.file) : undefined
    this.writer = new Writer(this.write, this.#log)
    this.catalog = new Catalog(this.write)
    this.read = new Connection(this.file)
    this.read.exec('PRAGMA query_only = ON; PRAGMA cache_size = -8000')
    this.committed = plainView(this.read)
  }

  get direct(): DirectTarget {
    return new DirectTarget(this.write, this.writer, this.changes)
  }

  find(db: string, name: string): Collection | undefined {
    return this.catalog.find(db, name)
  }

  /** The collection, made when it does not exist. */
  ensure(db: string, name: string): Collection {
    return this.catalog.find(db, name) ?? this.create(db, name, doc())
  }

  create(db: string, name: string, options: Doc): Collection {
    const collection = this.writer.exclusive(() => {
      const made = this.catalog.createTables(db, name, options)
      this.changes.defined('create', made, doc({ idIndex: made.idIndex.spec }))
      return made
    })
    this.catalog.add(collection)
    return collection
  }

  drop(collection: Collection): void {
    this.writer.exclusive(() => {
      this.changes.dropped(collection)
      this.catalog.dropTables(collection)
    })
    this.catalog.remove(collection)
  }

  dropDatabase(db: string): void {
    const collections = [...(this.catalog.databases.get(db)?.values() ?? [])]
    this.writer.exclusive(() => {
      for (const c of collections) {
        this.changes.dropped(c)
        this.catalog.dropTables(c)
      }
      this.changes.databaseDropped(db)
    })
    for (const c of collections) this.catalog.remove(c)
  }

  rename(collection: Collection, db: string, name: string, replaced: Collection | undefined): void {
    if (collection.db !== db)
      throw new MongoError(
        'IllegalOperation',
        'renaming into another database is not supported by the embedded database',
      )
    this.writer.exclusive(() => {
      if (replaced) this.catalog.dropTables(replaced)
      this.changes.renamed(collection, db, name, replaced !== undefined)
      this.catalog.saveName(collection, db, name)
    })
    if (replaced) this.catalog.remove(replaced)
    this.catalog.remove(collection)
    collection.name = name
    this.catalog.add(collection)
  }

  dropIndexes(collection: Collection, indexes: Index[]): void {
    this.writer.exclusive(() => {
      for (const index of indexes) this.catalog.dropIndexTable(index)
      const told = indexes.filter((index) => index.ready).map((index) => index.spec)
      if (told.length > 0) this.changes.defined('dropIndexes', collection, doc({ indexes: told }))
    })
    collection.indexes = collection.indexes.filter((index) => !indexes.includes(index))
  }

  modify(collection: Collection, options: Doc): void {
    const validator = compileValidator(options)
    this.writer.exclusive(() => this.catalog.saveOptions(collection, options))
    collection.setOptions(options, validator)
  }

  /** Where a collection and its indexes disagree, in a snapshot of this moment. */
  async check(collection: Collection, op: Operation): Promise<CheckResult> {
    this.writer.flush()
    const snapshot = new Connection(this.file, { readOnly: true })
    try {
      snapshot.exec('BEGIN')
      return await checkCollection(snapshot, collection, () => op.pause())
    } finally {
      snapshot.close()
    }
  }

  close(): void {
    this.writer.close()
    this.#log?.close()
    this.read.close()
    try {
      this.write.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      // A full disk: the log stays beside the file and is read at the next start.
      if (!asMongoError(error)) throw error
    }
    this.write.close()
    this.#lock.close()
  }
}

/** Keeps a second server off the folder. The system gives the lock back when the process ends, however it ends. */
function takeLock(file: string): Connection {
  const lock = new Connection(file)
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Error && /locked/.test(error.message)) throw new Error('another server uses it')
    throw error
  }
}
