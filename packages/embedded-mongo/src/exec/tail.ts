/** Follows a capped collection: what is in it, then what comes. */
import { decode } from '../bson/decode.ts'
import { MongoError } from '../errors.ts'
import { matches, type ParsedFilter } from '../query/filter.ts'
import type { Collection } from '../storage/collection.ts'
import type { Engine } from '../storage/engine.ts'
import type { FoundRecord } from './find.ts'
import type { Operation } from './operation.ts'

const BATCH = 200

/**
 * Yields batches of matches in insertion order; an empty batch says that there is nothing new. `awaitMs` says how long
 * to wait for news before that (0: not at all). Throws CappedPositionLost when what came next has been overwritten.
 */
export async function* tail(
  engine: Engine,
  collection: Collection,
  filter: ParsedFilter,
  op: Operation,
  awaitMs: () => number,
): AsyncGenerator<FoundRecord[]> {
  const next = `SELECT rid, doc FROM ${collection.table} WHERE rid > ? ORDER BY rid LIMIT ${BATCH}`
  const here = `SELECT 1 FROM ${collection.table} WHERE rid = ?`
  let last = -1
  // The first answer only says what is there.
  let deadline = 0
  for (;;) {
    op.check()
    if (engine.find(collection.db, collection.name) !== collection)
      throw new MongoError(175, 'the collection was dropped between two batches of the cursor')
    const rows = engine.read.all(next, last) as [number, Uint8Array][]
    if (last >= 0 && !engine.read.get(here, last))
      throw new MongoError(136, 'CollectionScan died due to position in capped collection being deleted')
    last = rows.at(-1)?.[0] ?? last
    const found = rows.filter(([, raw]) => matches(filter.root, decode(raw)))
    if (found.length > 0) yield found.map(([rid, raw]) => ({ rid, raw, position: undefined }))
    else if (rows.length > 0) await op.pause()
    else {
      const left = deadline - performance.now()
      if (left > 0) {
        await engine.writer.committed.next(left)
        continue
      }
      yield []
    }
    deadline = performance.now() + awaitMs()
  }
}
