/**
 * The log of changes that change streams read: written inside the units that make the changes, so it is exactly as
 * durable as they are. It is kept only while somebody uses change streams (see KEEP_AFTER_USE_MS), because each entry
 * holds a copy of the document.
 */

import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import { Binary, DateTime, type Doc, doc, Timestamp, type Value } from '../bson/values.ts'
import type { Clock } from '../server/clock.ts'
import type { Collection } from '../storage/collection.ts'
import type { Engine } from '../storage/engine.ts'
import type { ChangeRecorder, DefinitionType } from './recorder.ts'
import { updateDescription } from './update-description.ts'

const KEEP_AFTER_USE_MS = 24 * 3_600_000
const MAX_ENTRIES = 50_000
const MAX_BYTES = 256 * 1024 * 1024

export interface LogEntry {
  readonly seq: number
  readonly entry: Doc
}

export class ChangeLog implements ChangeRecorder {
  readonly #engine: Engine
  readonly #clock: Clock
  #activeUntil = 0
  #appended = 0
  #transaction: Doc | undefined

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine
    this.#clock = clock
    engine.write.exec(
      'CREATE TABLE IF NOT EXISTS changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER NOT NULL, entry BLOB NOT NULL)',
    )
    const until = engine.write.get("SELECT value FROM meta WHERE key = 'changesActiveUntil'")
    this.#activeUntil = until ? Number(Buffer.from(until[0] as Uint8Array).toString()) : 0
    const last = engine.write.get('SELECT ts FROM changes ORDER BY seq DESC LIMIT 1')
    if (last) clock.advance(fromNumber(last[0] as number))
    if (this.#activeUntil < Date.now()) this.#clear()
  }

  get active(): boolean {
    return this.#activeUntil > Date.now()
  }

  /** Somebody opens a change stream: from now on changes are logged. */
  use(): void {
    const until = Date.now() + KEEP_AFTER_USE_MS
    // Written at most once a minute.
    if (until - this.#activeUntil < 60_000) return
    this.#engine.writer.exclusive(() =>
      this.#engine.write.run(
        "INSERT OR REPLACE INTO meta VALUES ('changesActiveUntil', ?)",
        Buffer.from(String(until)),
      ),
    )
    this.#activeUntil = until
  }

  #clear(): void {
    this.#engine.writer.exclusive(() => this.#engine.write.run('DELETE FROM changes'))
  }

  /** Marks what follows, in one unit, as changes of one transaction. */
  inTransaction(lsid: Doc, txnNumber: bigint, write: () => void): void {
    this.#transaction = doc({ txnNumber, lsid })
    try {
      write()
    } finally {
      this.#transaction = undefined
    }
  }

  #append(
    operationType: string,
    where: Collection | string,
    fields: Record<string, Value | undefined>,
  ): void {
    if (!this.active) return
    const whole = typeof where === 'string'
    const ns = whole ? doc({ db: where }) : doc({ db: where.db, coll: where.name })
    const ts = this.#clock.tick()
    const entry = doc({
      operationType,
      clusterTime: ts,
      wallTime: new DateTime(Date.now()),
      ...Object.fromEntries(this.#transaction ?? []),
      ns,
      collectionUUID: whole ? undefined : new Binary(where.uuid, 4),
      ...fields,
    })
    this.#engine.write.run('INSERT INTO changes (ts, entry) VALUES (?, ?)', toNumber(ts), encode(entry))
    this.#appended += 1
    if (this.#appended % 500 === 0) this.#trim()
  }

  #trim(): void {
    const { write } = this.#engine
    write.run('DELETE FROM changes WHERE seq <= (SELECT max(seq) FROM changes) - ?', MAX_ENTRIES)
    const bytes = write.get('SELECT coalesce(sum(length(entry)), 0) FROM changes')![0] as number
    if (bytes > MAX_BYTES)
      write.run('DELETE FROM changes WHERE seq <= (SELECT (min(seq) + max(seq)) / 2 FROM changes)')
  }

  inserted(collection: Collection, document: Doc): void {
    this.#append('insert', collection, { documentKey: keyOf(document), fullDocument: document })
  }

  replaced(collection: Collection, before: Doc, after: Doc, replacement: boolean): void {
    const images = collection.recordsImages ? { preImage: before, postImage: after } : {}
    const what = replacement
      ? { fullDocument: after }
      : { updateDescription: updateDescription(before, after) }
    this.#append(replacement ? 'replace' : 'update', collection, {
      documentKey: keyOf(after),
      ...what,
      ...images,
    })
  }

  removed(collection: Collection, document: Doc): void {
    const images = collection.recordsImages ? { preImage: document } : {}
    this.#append('delete', collection, { documentKey: keyOf(document), ...images })
  }

  dropped(collection: Collection): void {
    this.#append('drop', collection, {})
  }

  renamed(collection: Collection, db: string, name: string, replaced: boolean): void {
    const to = doc({ db, coll: name })
    this.#append('rename', collection, { to, operationDescription: doc({ to, dropTarget: replaced }) })
  }

  defined(type: DefinitionType, collection: Collection, operationDescription: Doc): void {
    // A collection that `$out` fills is nobody's yet.
    if (!collection.name.startsWith('tmp.agg_out.')) this.#append(type, collection, { operationDescription })
  }

  databaseDropped(db: string): void {
    this.#append('dropDatabase', db, {})
  }

  after(seq: number, limit: number): LogEntry[] {
    return this.#engine.read
      .all('SELECT seq, entry FROM changes WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
      .map(([s, raw]) => ({ seq: s as number, entry: decode(raw as Uint8Array) }))
  }

  /** The last sequence number that was given, and the first that is still there. */
  bounds(): { first: number; last: number } {
    const last = this.#engine.read.get("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")?.[0] as
      | number
      | undefined
    const first = this.#engine.read.get('SELECT min(seq) FROM changes')?.[0] as number | null | undefined
    return { first: first ?? (last ?? 0) + 1, last: last ?? 0 }
  }

  /** The last entry before a time; undefined when older entries are gone. */
  before(time: Timestamp): number | undefined {
    const { first, last } = this.bounds()
    const row = this.#engine.read.get(
      'SELECT seq FROM changes WHERE ts >= ? ORDER BY seq LIMIT 1',
      toNumber(time),
    )
    if (!row) return last
    const seq = row[0] as number
    return seq > first || first === 1 ? seq - 1 : undefined
  }
}

// A timestamp fits a SQLite integer as a double would not: seconds times 2^20 plus the counter stays below 2^53.
function toNumber({ t, i }: Timestamp): number {
  return t * 2 ** 20 + Math.min(i, 2 ** 20 - 1)
}

function fromNumber(n: number): Timestamp {
  return new Timestamp(Math.floor(n / 2 ** 20), n % 2 ** 20)
}

function keyOf(document: Doc): Doc {
  return doc({ _id: document.get('_id')! })
}
