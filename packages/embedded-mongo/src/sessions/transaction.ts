/**
 * One multi-document transaction: snapshot isolation. Reads come from a SQLite snapshot of its own, covered by the
 * transaction's changes, which stay in memory until the commit writes them in one unit. Whoever wants to change a
 * document that another transaction has changed, or that was changed after the snapshot, gets a write conflict.
 */
import { compareBytes } from '../bson/compare.ts'
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import type { Doc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { MemoryBudget } from '../exec/operation.ts'
import type { WriteTarget } from '../exec/target.ts'
import type { OverlayRecords, View } from '../exec/view.ts'
import type { Collection } from '../storage/collection.ts'
import type { Connection } from '../storage/connection.ts'
import type { Engine } from '../storage/engine.ts'
import { extractKeys } from '../storage/index-keys.ts'
import {
  deleteRecord,
  duplicateKey,
  insertRecord,
  lookup,
  MAX_DOCUMENT_BYTES,
  readRecord,
  tooLarge,
} from '../storage/records.ts'
import type { LockTable } from './locks.ts'

type Change =
  | { kind: 'insert'; collection: Collection; document: Doc }
  | { kind: 'replace'; collection: Collection; before: Doc; after: Doc; replacement: boolean }
  | { kind: 'remove'; collection: Collection; document: Doc }

interface Touched {
  readonly collection: Collection
  readonly records: OverlayRecords
  /** What the snapshot held; undefined for documents that the transaction made. */
  readonly base: Map<number, Uint8Array | undefined>
}

export function writeConflict(): MongoError {
  return new MongoError(
    'WriteConflict',
    'Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    { labels: ['TransientTransactionError'] },
  )
}

export class Transaction implements WriteTarget {
  readonly #engine: Engine
  readonly #identity: { lsid: Doc; number: bigint }
  readonly #locks: LockTable
  readonly #snapshot: Connection
  readonly #touched = new Map<number, Touched>()
  readonly #changes: Change[] = []
  readonly #tables = new Map<string, boolean>()
  readonly #budget = new MemoryBudget('transaction')
  readonly view: View
  readonly startedAt = Date.now()
  /** Collections that were made on behalf of this transaction. */
  readonly made = new Set<Collection>()

  constructor(
    engine: Engine,
    locks: LockTable,
    snapshot: Connection,
    identity: { lsid: Doc; number: bigint },
  ) {
    this.#identity = identity
    this.#engine = engine
    this.#locks = locks
    this.#snapshot = snapshot
    snapshot.exec('BEGIN')
    // SQLite takes its snapshot with the first read.
    snapshot.get('SELECT count(*) FROM meta')
    this.view = {
      connection: snapshot,
      overlay: (collection) => this.#touched.get(collection.id)?.records,
      hasTable: (name) => this.#hasTable(name),
    }
  }

  /** Tables made after the snapshot are not in it. */
  #hasTable(name: string): boolean {
    let has = this.#tables.get(name)
    if (has === undefined) {
      has = this.#snapshot.get('SELECT 1 FROM sqlite_master WHERE name = ?', name) !== undefined
      this.#tables.set(name, has)
    }
    return has
  }

  unit<T>(change: () => T): T {
    return change()
  }

  async durable(): Promise<void> {}

  #in(collection: Collection): Touched {
    let touched = this.#touched.get(collection.id)
    if (!touched) {
      touched = { collection, records: new Map(), base: new Map() }
      this.#touched.set(collection.id, touched)
    }
    return touched
  }

  #stored(collection: Collection, rid: number): Uint8Array | undefined {
    return this.#hasTable(collection.table) ? readRecord(this.#snapshot, collection, rid) : undefined
  }

  read(collection: Collection, rid: number): Uint8Array | undefined {
    const touched = this.#touched.get(collection.id)
    if (touched?.records.has(rid)) return touched.records.get(rid)?.raw
    return this.#stored(collection, rid)
  }

  /** Claims a document for this transaction; refuses when somebody else changed it. */
  #claim(collection: Collection, rid: number): Touched {
    const touched = this.#in(collection)
    if (touched.base.has(rid)) return touched
    const base = this.#stored(collection, rid)
    if (!this.#locks.take(`${collection.id}:${rid}`, this)) throw writeConflict()
    const now = readRecord(this.#engine.write, collection, rid)
    if (!base || !now || compareBytes(base, now) !== 0) throw writeConflict()
    touched.base.set(rid, base)
    return touched
  }

  #checkUnique(collection: Collection, document: Doc, self: number | undefined): void {
    const touched = this.#in(collection)
    for (const index of collection.indexes) {
      const extracted = extractKeys(document, index)
      if (!index.unique) continue
      extracted.keys.forEach((key, i) => {
        const text = Buffer.from(key).toString('latin1')
        const taken =
          (this.#hasTable(`x${index.id}`) &&
            lookup(this.#snapshot, index, key).some((rid) => rid !== self && !touched.records.has(rid))) ||
          [...touched.records].some(
            ([rid, r]) =>
              r &&
              rid !== self &&
              extractKeys(r.document, index).keys.some((k) => compareBytes(k, key) === 0),
          )
        if (taken) throw duplicateKey(collection, index, extracted.values[i]!)
        const others = lookup(this.#engine.write, index, key).some(
          (rid) => rid !== self && !touched.records.has(rid),
        )
        if (others || !this.#locks.take(`${index.id}/${text}`, this)) throw writeConflict()
      })
    }
  }

  insert(collection: Collection, raw: Uint8Array, document: Doc): void {
    if (raw.length > MAX_DOCUMENT_BYTES) throw tooLarge(raw.length)
    if (collection.capped)
      throw new MongoError(
        'OperationNotSupportedInTransaction',
        'Collection is capped: writes to it are not allowed in transactions',
      )
    this.#checkUnique(collection, document, undefined)
    const touched = this.#in(collection)
    const rid = collection.nextRecord++
    // A copy: the message that the bytes are part of goes away.
    touched.records.set(rid, { raw: new Uint8Array(raw), document })
    touched.base.set(rid, undefined)
    this.#budget.add(raw.length + 200)
    this.#changes.push({ kind: 'insert', collection, document })
  }

  replace(collection: Collection, rid: number, before: Doc, after: Doc, replacement: boolean): void {
    const touched = this.#claim(collection, rid)
    this.#checkUnique(collection, after, rid)
    const raw = encode(after)
    if (raw.length > MAX_DOCUMENT_BYTES) throw tooLarge(raw.length)
    touched.records.set(rid, { raw, document: after })
    this.#budget.add(raw.length + 200)
    this.#changes.push({ kind: 'replace', collection, before, after, replacement })
  }

  remove(collection: Collection, rid: number, document: Doc): void {
    const touched = this.#claim(collection, rid)
    touched.records.set(rid, undefined)
    this.#changes.push({ kind: 'remove', collection, document })
  }

  /** Writes everything in one unit, with what `record` adds; settled when it is on disk. Throws WriteConflict. */
  async commit(record: () => void): Promise<void> {
    const { durable } = this.#engine.writer.run(() => {
      try {
        this.#apply()
      } catch (error) {
        if (error instanceof MongoError && error.code === 11000) throw writeConflict()
        throw error
      }
      record()
    })
    await durable
  }

  #apply(): void {
    const { write, changes, catalog } = this.#engine
    for (const { collection, base } of this.#touched.values()) {
      if (catalog.find(collection.db, collection.name) !== collection) throw writeConflict()
      for (const [rid, raw] of base) {
        const now = readRecord(write, collection, rid)
        if (raw === undefined ? now !== undefined : !now || compareBytes(now, raw) !== 0)
          throw writeConflict()
      }
    }
    // All old states go before the new ones come, so that unique values may change places.
    for (const { collection, base } of this.#touched.values()) {
      collection.cappedUsage = undefined
      for (const [rid, raw] of base) if (raw) deleteRecord(write, collection, rid, decode(raw))
    }
    for (const { collection, records } of this.#touched.values()) {
      for (const [rid, record] of records)
        if (record) insertRecord(write, collection, record.raw, record.document, rid)
    }
    changes.inTransaction(this.#identity.lsid, this.#identity.number, () => this.#log())
  }

  #log(): void {
    const { changes } = this.#engine
    for (const change of this.#changes) {
      if (change.kind === 'insert') changes.inserted(change.collection, change.document)
      else if (change.kind === 'replace')
        changes.replaced(change.collection, change.before, change.after, change.replacement)
      else changes.removed(change.collection, change.document)
    }
  }

  /** Gives locks and snapshot back; the connection can be used again. An abort takes new collections away if they are empty. */
  end(outcome: 'committed' | 'aborted'): Connection {
    this.#locks.release(this)
    this.#snapshot.exec('ROLLBACK')
    for (const collection of this.made) this.#engine.uncommitted.delete(collection)
    if (outcome === 'aborted') this.#removeMade()
    return this.#snapshot
  }

  #removeMade(): void {
    const { catalog, write } = this.#engine
    for (const collection of this.made) {
      if (catalog.find(collection.db, collection.name) !== collection) continue
      if (!write.get(`SELECT 1 FROM ${collection.table} LIMIT 1`)) this.#engine.drop(collection)
    }
  }
}
