import type { Collection, Db, Document, Sort } from 'mongodb'
import { Aggregate } from './aggregate.ts'
import { idFilter, type ToObjectId, toFilter, toUpdate } from './translate.ts'

/** The connection, asked for at each use: the driver is loaded by the first. */
export interface Connection {
  db(): Db
  toObjectId: ToObjectId
}

export interface GetResult {
  ok: true
  data: Document[]
}
export interface GetOneResult {
  ok: true
  data: Document | null
}
export interface UpdateResult {
  ok: true
  matched: number
  updated: number
  upsertId: unknown
}

interface State {
  where: unknown
  sort: [string, 1 | -1][]
  skip: number
  limit: number | null
  fields: Record<string, unknown> | null
}

/** What `get` returns at most when no limit is set, as in Laf. */
const DEFAULT_LIMIT = 100

/** Documents that are looked for; every step gives a new query. */
export class Query {
  protected readonly connection: Connection
  protected readonly collectionName: string
  readonly #state: State

  constructor(
    connection: Connection,
    collectionName: string,
    state: State = { where: undefined, sort: [], skip: 0, limit: null, fields: null },
  ) {
    this.connection = connection
    this.collectionName = collectionName
    this.#state = state
  }

  where(conditions: object): Query {
    return this.#with({ where: conditions })
  }

  orderBy(field: string, direction: 'asc' | 'desc' = 'asc'): Query {
    return this.#with({ sort: [...this.#state.sort, [field, direction === 'desc' ? -1 : 1]] })
  }

  limit(count: number): Query {
    return this.#with({ limit: count })
  }

  skip(count: number): Query {
    return this.#with({ skip: count })
  }

  /** The page with this number, beginning with 1. */
  page(number: number, size = 10): Query {
    return this.#with({ skip: (number - 1) * size, limit: size })
  }

  /** Which fields to return: `{ name: true }` or `['name']`. */
  field(fields: Record<string, unknown> | readonly string[]): Query {
    const projection = Array.isArray(fields)
      ? Object.fromEntries(fields.map((name: string) => [name, 1]))
      : (fields as Record<string, unknown>)
    return this.#with({ fields: projection })
  }

  async get(): Promise<GetResult> {
    const { sort, skip, limit, fields } = this.#state
    const cursor = this.collection.find(this.filter, fields ? { projection: fields } : {})
    if (sort.length > 0) cursor.sort(sort as Sort)
    if (skip > 0) cursor.skip(skip)
    return { ok: true, data: await cursor.limit(limit ?? DEFAULT_LIMIT).toArray() }
  }

  async getOne(): Promise<GetOneResult> {
    const { data } = await this.#with({ limit: 1 }).get()
    return { ok: true, data: data[0] ?? null }
  }

  async count(): Promise<{ ok: true; total: number }> {
    return { ok: true, total: await this.collection.countDocuments(this.filter) }
  }

  /** Changes the first document that matches, or all with `multi`. Nested objects change only the fields they name. */
  async update(data: object, options: { multi?: boolean; upsert?: boolean } = {}): Promise<UpdateResult> {
    const { upsert = false } = options
    const update = toUpdate(data)
    const result = options.multi
      ? await this.collection.updateMany(this.filter, update, { upsert })
      : await this.collection.updateOne(this.filter, update, { upsert })
    return {
      ok: true,
      matched: result.matchedCount,
      updated: result.modifiedCount,
      upsertId: result.upsertedId ?? null,
    }
  }

  /** Deletes the first document that matches, or all with `multi`. */
  async remove(options: { multi?: boolean } = {}): Promise<{ ok: true; deleted: number }> {
    const result = options.multi
      ? await this.collection.deleteMany(this.filter)
      : await this.collection.deleteOne(this.filter)
    return { ok: true, deleted: result.deletedCount }
  }

  protected get collection(): Collection<Document> {
    return this.connection.db().collection(this.collectionName)
  }

  protected get filter(): Document {
    return toFilter(this.#state.where, this.connection.toObjectId)
  }

  #with(change: Partial<State>): Query {
    return new Query(this.connection, this.collectionName, { ...this.#state, ...change })
  }
}

/** A collection: a query for all of its documents, to which documents can be added. */
export class DatabaseCollection extends Query {
  /** One document by its id: an ObjectId, or text. */
  doc(id: unknown): DocumentReference {
    return new DocumentReference(this.connection, this.collectionName, id)
  }

  /** Adds one document, or several when given an array. */
  async add(data: object | readonly object[]): Promise<{ ok: true; id: unknown; insertedCount: number }> {
    if (Array.isArray(data)) {
      const { insertedIds, insertedCount } = await this.collection.insertMany([...data])
      return { ok: true, id: Object.values(insertedIds), insertedCount }
    }
    const { insertedId } = await this.collection.insertOne({ ...data })
    return { ok: true, id: insertedId, insertedCount: 1 }
  }

  aggregate(): Aggregate {
    return new Aggregate((pipeline) => this.collection.aggregate(pipeline).toArray())
  }
}

/** One document by its id. */
export class DocumentReference {
  readonly #query: Query
  readonly #replace: (data: object) => Promise<UpdateResult>

  constructor(connection: Connection, collectionName: string, id: unknown) {
    const { toObjectId } = connection
    this.#query = new Query(connection, collectionName).where({ _id: id })
    this.#replace = async (data) => {
      const { _id: _ignored, ...document } = data as Document
      const collection = connection.db().collection(collectionName)
      // A new document gets the id that was asked for.
      const known = await collection.findOne(
        { _id: idFilter(id, toObjectId) as never },
        { projection: { _id: 1 } },
      )
      const result = await collection.replaceOne({ _id: (known?._id ?? id) as never }, document, {
        upsert: true,
      })
      return {
        ok: true,
        matched: result.matchedCount,
        updated: result.modifiedCount,
        upsertId: result.upsertedId ?? null,
      }
    }
  }

  get(): Promise<GetOneResult> {
    return this.#query.getOne()
  }

  /** Replaces the whole document, or makes it. */
  set(data: object): Promise<UpdateResult> {
    return this.#replace(data)
  }

  update(data: object): Promise<UpdateResult> {
    return this.#query.update(data)
  }

  remove(): Promise<{ ok: true; deleted: number }> {
    return this.#query.remove()
  }
}
