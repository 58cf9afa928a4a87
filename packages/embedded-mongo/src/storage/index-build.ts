/**
 * Builds indexes while clients go on working. A new index is maintained by every write from the start; meanwhile the
 * documents that were there are entered chunk by chunk. Until it is ready no query uses it, and a build that a crash cut
 * short is removed at the next start.
 */
import { decode } from '../bson/decode.ts'
import { type Doc, doc } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Operation } from '../exec/operation.ts'
import type { Collection } from './collection.ts'
import type { Engine } from './engine.ts'
import { extractKeys } from './index-keys.ts'
import type { Index } from './index-spec.ts'
import { duplicateKey, enterKeys, lookup } from './records.ts'

/** Documents and bytes that are entered in one turn. */
const CHUNK = 200
const CHUNK_BYTES = 1024 * 1024

/** Builds all of the indexes or none. Throws what a document that cannot be indexed causes, such as DuplicateKey. */
export async function buildIndexes(
  engine: Engine,
  collection: Collection,
  specs: readonly Doc[],
  op: Operation,
): Promise<void> {
  const { catalog, writer } = engine
  const made = writer.exclusive(() => specs.map((spec) => catalog.createIndexTable(collection, spec)))
  collection.indexes = [...collection.indexes, ...made]
  try {
    await enterAll(engine, collection, made, op)
    checkPresent(engine, collection)
    writer.exclusive(() => {
      for (const index of made) catalog.markReady(index)
      engine.changes.defined('createIndexes', collection, doc({ indexes: [...specs] }))
    })
  } catch (error) {
    // Left to the next start when the server shuts down, and to the drop when the collection is gone.
    if (!writer.closed && isPresent(engine, collection)) engine.dropIndexes(collection, made)
    throw error
  }
}

async function enterAll(
  engine: Engine,
  collection: Collection,
  made: readonly Index[],
  op: Operation,
): Promise<void> {
  const sql = `SELECT rid, doc FROM ${collection.table} WHERE rid > ? ORDER BY rid LIMIT ${CHUNK}`
  // What comes later than this is entered by those who write it.
  const end = collection.nextRecord
  for (let last = -1; ; ) {
    checkPresent(engine, collection)
    const from = last
    engine.writer.run(() => {
      let bytes = 0
      for (const [rid, raw] of engine.write.all(sql, from) as [number, Uint8Array][]) {
        const document = decode(raw)
        for (const index of made) enter(engine, collection, index, document, rid)
        last = rid
        bytes += raw.length
        if (bytes > CHUNK_BYTES) break
      }
    })
    if (last === from || last >= end) return
    await op.pause()
  }
}

function enter(engine: Engine, collection: Collection, index: Index, document: Doc, rid: number): void {
  const extracted = extractKeys(document, index)
  if (index.unique) {
    extracted.keys.forEach((key, i) => {
      if (lookup(engine.write, index, key).some((other) => other !== rid))
        throw duplicateKey(collection, index, extracted.values[i]!)
    })
  }
  enterKeys(engine.write, index, extracted, rid)
}

function isPresent({ catalog }: Engine, collection: Collection): boolean {
  return catalog.find(collection.db, collection.name) === collection
}

function checkPresent(engine: Engine, collection: Collection): void {
  if (!isPresent(engine, collection))
    throw new MongoError('IndexBuildAborted', `the collection was dropped while its index was built`)
}
