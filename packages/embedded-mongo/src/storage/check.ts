import { decode } from '../bson/decode.ts'
import { type Collection, indexTable } from './collection.ts'
import type { Connection } from './connection.ts'
import { extractKeys } from './index-keys.ts'

/** Compares a collection with its indexes, entry by entry. Answers what is wrong, in words. */
export function checkCollection(connection: Connection, collection: Collection): string[] {
  const errors: string[] = []
  const expected = new Map(collection.readyIndexes.map((index) => [index.id, 0]))
  const sql = `SELECT rid, doc FROM ${collection.table} WHERE rid > ? ORDER BY rid LIMIT 500`
  for (let last = -1; ; ) {
    const rows = connection.all(sql, last) as [number, Uint8Array][]
    if (rows.length === 0) break
    for (const [rid, raw] of rows) {
      last = rid
      const document = decode(raw)
      for (const index of collection.readyIndexes) {
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
  }
  for (const index of collection.readyIndexes) {
    const count = connection.get(`SELECT count(*) FROM ${indexTable(index)}`)![0] as number
    const wanted = expected.get(index.id)!
    if (count !== wanted) errors.push(`index ${index.name} has ${count} entries instead of ${wanted}`)
    if (!index.unique) continue
    const twice = connection.get(
      `SELECT count(*) FROM (SELECT 1 FROM ${indexTable(index)} GROUP BY key HAVING count(*) > 1)`,
    )
    if (twice![0] !== 0) errors.push(`unique index ${index.name} has a key twice`)
  }
  return errors
}
