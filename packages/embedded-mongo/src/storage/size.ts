/** How much collections hold, counted a piece at a time so that other clients get their turns. */
import { type Doc, doc, int } from '../bson/values.ts'
import type { Operation } from '../exec/operation.ts'
import { type Collection, indexTable } from './collection.ts'
import type { Connection } from './connection.ts'

const RECORDS = 2000
const KEYS = 10_000
const NO_KEY = new Uint8Array()

export interface CollectionSize {
  readonly count: number
  /** Bytes of the documents. */
  readonly data: number
  /** Bytes of each index, by its name. */
  readonly indexes: ReadonlyMap<string, number>
}

/** The number of documents: every one has one entry in the index of `_id`, which is smaller than the documents are. */
export async function countDocuments(
  connection: Connection,
  collection: Collection,
  op: Operation,
): Promise<number> {
  return (await indexSize(connection, indexTable(collection.idIndex), op)).count
}

/** Entries and bytes of an index. */
async function indexSize(connection: Connection, table: string, op: Operation) {
  const rest = `SELECT key, rid FROM ${table} WHERE (key, rid) > (?, ?) ORDER BY key, rid`
  const sums = `SELECT count(*), coalesce(sum(length(key) + 8), 0) FROM (${rest} LIMIT ${KEYS})`
  const end = `${rest} LIMIT 1 OFFSET ${KEYS - 1}`
  let [count, bytes] = [0, 0]
  let [key, rid]: [Uint8Array, number] = [NO_KEY, -1]
  for (;;) {
    const [n, size] = connection.get(sums, key, rid) as [number, number]
    count += n
    bytes += size
    const last = connection.get(end, key, rid) as [Uint8Array, number] | undefined
    if (!last) return { count, bytes }
    ;[key, rid] = last
    await op.pause()
  }
}

export async function collectionSize(
  connection: Connection,
  collection: Collection,
  op: Operation,
): Promise<CollectionSize> {
  const sql = `SELECT count(*), coalesce(sum(length(doc)), 0), max(rid)
    FROM (SELECT rid, doc FROM ${collection.table} WHERE rid > ? ORDER BY rid LIMIT ${RECORDS})`
  let [count, data] = [0, 0]
  for (let last = -1; ; ) {
    const [n, size, rid] = connection.get(sql, last) as [number, number, number | null]
    count += n
    data += size
    if (n < RECORDS || rid === null) break
    last = rid
    await op.pause()
  }
  const indexes = new Map<string, number>()
  for (const index of collection.readyIndexes)
    indexes.set(index.name, (await indexSize(connection, indexTable(index), op)).bytes)
  return { count, data, indexes }
}

/** What `collStats` and `$collStats` tell. */
export async function storageStats(
  connection: Connection,
  collection: Collection,
  op: Operation,
  scale = 1,
): Promise<Doc> {
  const { count, data, indexes } = await collectionSize(connection, collection, op)
  const scaled = (bytes: number) => int(Math.floor(bytes / scale))
  return doc({
    size: scaled(data),
    count: int(count),
    avgObjSize: count > 0 ? int(Math.round(data / count)) : undefined,
    storageSize: scaled(data),
    capped: collection.capped !== undefined,
    max: collection.capped?.max === undefined ? undefined : int(collection.capped.max),
    maxSize: collection.capped && scaled(collection.capped.size),
    nindexes: int(indexes.size),
    totalIndexSize: scaled([...indexes.values()].reduce((a, b) => a + b, 0)),
    indexSizes: doc(Object.fromEntries([...indexes].map(([name, bytes]) => [name, scaled(bytes)]))),
    scaleFactor: int(scale),
  })
}

/** About how many bytes the documents take: the span of record ids times the mean of the first hundred. */
export function roughSize(connection: Connection, { table }: Collection): number {
  const [span] = connection.get(`SELECT coalesce(max(rid) - min(rid) + 1, 0) FROM ${table}`) as [number]
  const [mean] = connection.get(`SELECT avg(length(doc)) FROM (SELECT doc FROM ${table} LIMIT 100)`) as [
    number | null,
  ]
  return Math.round(span * (mean ?? 0))
}
