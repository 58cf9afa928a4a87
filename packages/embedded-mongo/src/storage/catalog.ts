/** Which databases, collections and indexes exist: in memory, and in the tables `collections` and `indexes`. */
import { randomUUID } from 'node:crypto'
import { parseCollation } from '../bson/collation.ts'
import { decode } from '../bson/decode.ts'
import { encode } from '../bson/encode.ts'
import { asInteger } from '../bson/types.ts'
import { type Doc, doc, Int32, int, isDoc } from '../bson/values.ts'
import { queryContext } from '../query/context.ts'
import { parseQuery } from '../query/parse.ts'
import { Collection, indexTable } from './collection.ts'
import type { Connection } from './connection.ts'
import type { Index, IndexField } from './index-spec.ts'

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections (id INTEGER PRIMARY KEY AUTOINCREMENT, db TEXT NOT NULL, name TEXT NOT NULL,
  uuid BLOB NOT NULL, options BLOB NOT NULL, UNIQUE (db, name));
CREATE TABLE IF NOT EXISTS indexes (id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, spec BLOB NOT NULL,
  multikey TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (db TEXT NOT NULL, name TEXT NOT NULL, doc BLOB NOT NULL, PRIMARY KEY (db, name)) WITHOUT ROWID;
`

/** Beside the fields of a stored specification while its index is built. */
const UNDER_CONSTRUCTION = '$underConstruction'

export class Catalog {
  readonly databases = new Map<string, Map<string, Collection>>()
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
    connection.exec(SCHEMA)
    for (const row of connection.all('SELECT id, db, name, uuid, options FROM collections ORDER BY id')) {
      const [id, db, name, uuid, options] = row as [number, string, string, Uint8Array, Uint8Array]
      const collection = new Collection({ id, db, name, uuid, options: decode(options) })
      const indexes = connection.all(
        'SELECT id, spec, multikey FROM indexes WHERE collection = ? ORDER BY id',
        id,
      )
      collection.indexes = this.#withoutTorn(indexes).map(({ id: i, spec, multikey }) => ({
        ...makeIndex(i, spec),
        ready: true,
        multikey,
      }))
      const last = connection.get(`SELECT max(rid) FROM ${collection.table}`)?.[0]
      collection.nextRecord = ((last as number | null) ?? 0) + 1
      this.#remember(collection)
    }
  }

  /** The indexes as stored, without those whose build was cut short by a crash. */
  #withoutTorn(rows: unknown[][]): { id: number; spec: Doc; multikey: boolean[] }[] {
    const all = rows.map(([id, spec, multikey]) => ({
      id: id as number,
      spec: decode(spec as Uint8Array),
      multikey: JSON.parse(multikey as string) as boolean[],
    }))
    return all.filter(({ id, spec }) => {
      if (!spec.has(UNDER_CONSTRUCTION)) return true
      this.dropIndexTable({ id })
      return false
    })
  }

  #remember(collection: Collection): void {
    let collections = this.databases.get(collection.db)
    if (!collections) {
      collections = new Map()
      this.databases.set(collection.db, collections)
    }
    collections.set(collection.name, collection)
  }

  find(db: string, name: string): Collection | undefined {
    return this.databases.get(db)?.get(name)
  }

  all(): Collection[] {
    return [...this.databases.values()].flatMap((c) => [...c.values()])
  }

  /** Inside an exclusive change of the writer; {@link add} makes it visible after the commit. */
  createTables(db: string, name: string, options: Doc): Collection {
    const c = this.#connection
    const uuid = new Uint8Array(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'))
    c.run(
      'INSERT INTO collections (db, name, uuid, options) VALUES (?, ?, ?, ?)',
      db,
      name,
      uuid,
      encode(options),
    )
    const id = c.get('SELECT last_insert_rowid()')![0] as number
    const collection = new Collection({ id, db, name, uuid, options })
    c.exec(`CREATE TABLE ${collection.table} (rid INTEGER PRIMARY KEY, doc BLOB NOT NULL)`)
    const spec = doc({ v: int(2), key: doc({ _id: int(1) }), name: '_id_' })
    const idIndex = this.createIndexTable(collection, spec)
    this.markReady(idIndex)
    collection.indexes.push(idIndex)
    return collection
  }

  createIndexTable(collection: Collection, spec: Doc): Index {
    const c = this.#connection
    const fields = (spec.get('key') as Doc).size
    const multikey = JSON.stringify(Array.from({ length: fields }, () => false))
    c.run(
      'INSERT INTO indexes (collection, spec, multikey) VALUES (?, ?, ?)',
      collection.id,
      encode(new Map(spec).set(UNDER_CONSTRUCTION, true)),
      multikey,
    )
    const index = makeIndex(c.get('SELECT last_insert_rowid()')![0] as number, spec)
    c.exec(
      `CREATE TABLE ${indexTable(index)} (key BLOB NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY (key, rid)) WITHOUT ROWID`,
    )
    return index
  }

  add(collection: Collection): void {
    this.#remember(collection)
  }

  dropTables(collection: Collection): void {
    const c = this.#connection
    c.exec(`DROP TABLE ${collection.table}`)
    for (const index of collection.indexes) c.exec(`DROP TABLE ${indexTable(index)}`)
    c.run('DELETE FROM indexes WHERE collection = ?', collection.id)
    c.run('DELETE FROM collections WHERE id = ?', collection.id)
  }

  remove(collection: Collection): void {
    const collections = this.databases.get(collection.db)
    collections?.delete(collection.name)
    if (collections?.size === 0) this.databases.delete(collection.db)
  }

  /** The end of a build, inside an exclusive change. */
  markReady(index: Index): void {
    this.saveIndexSpec(index)
    index.ready = true
  }

  dropIndexTable(index: Pick<Index, 'id'>): void {
    this.#connection.exec(`DROP TABLE ${indexTable(index)}`)
    this.#connection.run('DELETE FROM indexes WHERE id = ?', index.id)
  }

  saveIndexSpec(index: Index): void {
    this.#connection.run('UPDATE indexes SET spec = ? WHERE id = ?', encode(index.spec), index.id)
  }

  saveOptions(collection: Collection, options: Doc): void {
    this.#connection.run('UPDATE collections SET options = ? WHERE id = ?', encode(options), collection.id)
  }

  saveName(collection: Collection, db: string, name: string): void {
    this.#connection.run('UPDATE collections SET db = ?, name = ? WHERE id = ?', db, name, collection.id)
  }
}

function makeIndex(id: number, spec: Doc): Index {
  const fields: IndexField[] = [...(spec.get('key') as Doc)].map(([path, direction]) => ({
    path,
    parts: path.split('.'),
    direction: Number(direction instanceof Int32 ? direction.value : direction) < 0 ? -1 : 1,
  }))
  const partial = spec.get('partialFilterExpression')
  const name = spec.get('name') as string
  return {
    id,
    name,
    spec,
    fields,
    directions: fields.map((f) => f.direction),
    unique: spec.get('unique') === true || name === '_id_',
    sparse: spec.get('sparse') === true,
    partial: isDoc(partial) ? { filter: parseQuery(partial, queryContext()), source: partial } : undefined,
    collation: parseCollation(spec.get('collation')),
    expireAfterSeconds: asInteger(spec.get('expireAfterSeconds')),
    hidden: spec.get('hidden') === true,
    ready: false,
    multikey: fields.map(() => false),
  }
}
