/** Where write commands put their changes: straight into the collections, or into a transaction. */
import type { Doc } from '../bson/values.ts'
import type { ChangeRecorder } from '../changes/recorder.ts'
import { trimCapped } from '../storage/capped.ts'
import type { Collection } from '../storage/collection.ts'
import type { Connection } from '../storage/connection.ts'
import { deleteRecord, insertRecord, readRecord, replaceRecord } from '../storage/records.ts'
import type { Writer } from '../storage/writer.ts'
import { plainView, type View } from './view.ts'

export interface WriteTarget {
  /** What the command's own reads see. */
  readonly view: View
  /** Runs changes that belong together, now: all of them happen or none. */
  unit<T>(change: () => T): T
  /** Settled when all that was written is on disk; rejected when some of it was lost. Awaited before acknowledging. */
  durable(): Promise<void>
  read(collection: Collection, rid: number): Uint8Array | undefined
  insert(collection: Collection, raw: Uint8Array, document: Doc): void
  replace(collection: Collection, rid: number, before: Doc, after: Doc, replacement: boolean): void
  remove(collection: Collection, rid: number, document: Doc): void
}

export class DirectTarget implements WriteTarget {
  readonly view: View
  readonly #connection: Connection
  readonly #writer: Writer
  readonly #changes: ChangeRecorder
  readonly #batches = new Set<Promise<void>>()

  constructor(connection: Connection, writer: Writer, changes: ChangeRecorder) {
    this.#connection = connection
    this.#writer = writer
    this.#changes = changes
    this.view = plainView(connection)
  }

  unit<T>(change: () => T): T {
    const { value, durable } = this.#writer.run(change)
    this.#batches.add(durable)
    return value
  }

  async durable(): Promise<void> {
    await Promise.all(this.#batches)
  }

  read(collection: Collection, rid: number): Uint8Array | undefined {
    return readRecord(this.#connection, collection, rid)
  }

  insert(collection: Collection, raw: Uint8Array, document: Doc): void {
    insertRecord(this.#connection, collection, raw, document)
    this.#changes.inserted(collection, document)
    if (collection.capped)
      trimCapped(this.#connection, collection, raw.length, this.#writer.rollbacks, (d) =>
        this.#changes.removed(collection, d),
      )
  }

  replace(collection: Collection, rid: number, before: Doc, after: Doc, replacement: boolean): void {
    replaceRecord(this.#connection, collection, rid, before, after)
    collection.cappedUsage = undefined
    this.#changes.replaced(collection, before, after, replacement)
  }

  remove(collection: Collection, rid: number, document: Doc): void {
    deleteRecord(this.#connection, collection, rid, document)
    collection.cappedUsage = undefined
    this.#changes.removed(collection, document)
  }
}
