/** Keeps capped collections within their size. */
import { decode } from '../bson/decode.ts'
import type { Doc } from '../bson/values.ts'
import type { Collection } from './collection.ts'
import type { Connection } from './connection.ts'
import { deleteRecord } from './records.ts'

/** What a capped collection holds, and the state of the writer in which that was so. */
export interface CappedUsage {
  count: number
  bytes: number
  readonly epoch: number
}

/**
 * Removes the oldest documents until the collection fits, after one of `added` bytes came in. What it holds is counted
 * once and then kept; `epoch` changes when something was rolled back, and then it is counted again.
 */
export function trimCapped(
  connection: Connection,
  collection: Collection,
  added: number,
  epoch: number,
  removed: (document: Doc) => void,
): void {
  const { capped } = collection
  if (!capped) return
  let usage = collection.cappedUsage
  if (usage?.epoch === epoch) {
    usage.count += 1
    usage.bytes += added
  } else usage = count(connection, collection, epoch)
  collection.cappedUsage = usage
  const full = () => usage.bytes > capped.size || (capped.max !== undefined && usage.count > capped.max)
  while (usage.count > 1 && full()) {
    const [rid, raw] = connection.get(`SELECT rid, doc FROM ${collection.table} ORDER BY rid LIMIT 1`) as [
      number,
      Uint8Array,
    ]
    const document = decode(raw)
    deleteRecord(connection, collection, rid, document)
    usage.count -= 1
    usage.bytes -= raw.length
    removed(document)
  }
}

function count(connection: Connection, { table }: Collection, epoch: number): CappedUsage {
  const [n, bytes] = connection.get(`SELECT count(*), coalesce(sum(length(doc)), 0) FROM ${table}`) as [
    number,
    number,
  ]
  return { count: n, bytes, epoch }
}
