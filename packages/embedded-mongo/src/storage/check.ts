import { decode } from '../bson/decode.ts'
import { type Collection, indexTable } from './collection.ts'
import type { Connection } from './connection.ts'
import { extractKeys } from './index-keys.ts'

export interface CheckResult {
  /** What is wrong, in words. */
  readonly errors: string[]
  readonly records: number
}

/**
 * Compares a collection with its indexes, entry by entry. The connection must stay in one snapshot, because `pause` lets
 * others write in between.
 */
export async function checkCollection(
  connection: Connection,
  collection: Collection,
  pause: () => Promise<void>,
): Promise<CheckResult> {
  const indexes = collection.readyIndexes
  const errors: string[] = []
  const expected = new Map(indexes.map((index) => [index.id, 0]))
  const sql = `SELECT rid, doc FROM ${collection.table} WHERE rid > ? ORDER BY rid LIMIT 100`
  let records = 0
  for (let last = -1; ; ) {
    const rows = connection.all(sql, last) as [number, Uint8Array][]
    if (rows.length === 0) break
    records += rows.length
    for (const [rid, raw] of rows) {
      last = rid
      const document = decode(raw)
      for (const index of indexes) {
        const { keys } = extractKeys(document, index)
        expected.set(index.id, expected.get(index.id)! + keys.length)
        for (const key of keys) {
          const found = connection.get(
            `SELECT 1 FROM ${indexTable(index)} WHERE key = ? AND rid = ?`,
            key,
            rid,
          )
          if (!found) errors.push(`index ${index.name} lacks an entry of record ${rid}`)
        }
      }
    }
    await pause()
  }
  for (const index of indexes) {
    const { count, twice } = await countEntries(connection, indexTable(index), pause)
    const wanted = expected.get(index.id)!
    if (count !== wanted) errors.push(`index ${index.name} has ${count} entries instead of ${wanted}`)
    if (index.unique && twice) errors.push(`unique index ${index.name} has a key twice`)
  }
  return { errors, records }
}

async function countEntries(connection: Connection, table: string, pause: () => Promise<void>) {
  const sql = `SELECT key, rid FROM ${table} WHERE (key, rid) > (?, ?) ORDER BY key, rid LIMIT 1000`
  let count = 0
  let twice = false
  let [key, rid]: [Uint8Array, number] = [new Uint8Array(), -1]
  for (;;) {
    const rows = connection.all(sql, key, rid) as [Uint8Array, number][]
    if (rows.length === 0) return { count, twice }
    for (const [next, at] of rows) {
      twice ||= count > 0 && Buffer.compare(key, next) === 0
      count += 1
      key = next
      rid = at
    }
    await pause()
  }
}
