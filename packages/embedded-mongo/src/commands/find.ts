/** find, getMore, killCursors, count, distinct. */

import { decode, decodeFields } from '../bson/decode.ts'
import { keyText } from '../bson/key.ts'
import { type Doc, doc, int, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { type FindRequest, type FoundRecord, find } from '../exec/find.ts'
import { MemoryBudget } from '../exec/operation.ts'
import { tail } from '../exec/tail.ts'
import { parseFilter } from '../query/parse.ts'
import { rootOf, valuesAtPath } from '../query/path.ts'
import { type Projection, parseProjection } from '../query/projection.ts'
import { sortSpec } from '../query/sort.ts'
import { countDocuments } from '../storage/size.ts'
import { type Command, collectionName, on, type Request } from './command.ts'
import { contextFor, ownerOf } from './query-options.ts'

const REFUSED = ['returnKey', 'showRecordId', 'max', 'min', 'oplogReplay', 'partial']

export const FIND_FIELDS = [
  'filter',
  'sort',
  'projection',
  'hint',
  'skip',
  'limit',
  'batchSize',
  'singleBatch',
  'collation',
  'let',
  'allowDiskUse',
  'noCursorTimeout',
  'allowPartialResults',
  'tailable',
  'awaitData',
  ...REFUSED,
]

async function* project(
  found: AsyncIterable<FoundRecord[]>,
  projection: Projection | undefined,
): AsyncGenerator<(Doc | Uint8Array)[]> {
  for await (const batch of found) {
    yield projection ? batch.map((r) => projection(decode(r.raw), r.position)) : batch.map((r) => r.raw)
  }
}

/** The parsed parts of a find command, shared with explain. */
export function parseFind(request: Pick<Request, 'args' | 'services' | 'db' | 'name'>, name: string) {
  const { args, services, db } = request
  for (const option of REFUSED)
    if (args.get(option) !== undefined && args.get(option) !== false)
      throw notSupported(`find option ${option}`)
  const collection = services.engine.find(db, name)
  const ctx = contextFor(args, collection)
  const filter = parseFilter(args.optionalDoc('filter') ?? doc(), ctx)
  const spec = args.optionalDoc('projection')
  const projection = spec ? parseProjection(spec, ctx, 'find') : undefined
  const rawLimit = args.integer('limit') ?? 0
  const limit = Math.abs(rawLimit)
  const sort = args.optionalDoc('sort')
  if (sort?.has('$natural') && sort.size > 1)
    throw new MongoError('BadValue', "'$natural' must not be combined with other sort keys")
  const findRequest: FindRequest = {
    filter,
    sort: sort ? sortSpec(sort) : [],
    skip: args.natural('skip') ?? 0,
    limit,
    hint: args.get('hint') === '' ? undefined : emptyHint(args.get('hint')),
    positional: spec !== undefined && [...spec.keys()].some((k) => k.endsWith('.$')),
  }
  const single = args.boolean('singleBatch') || rawLimit < 0
  return { collection, findRequest, projection, single, limit }
}

function emptyHint(hint: Value | undefined): Value | undefined {
  return hint instanceof Map && hint.size === 0 ? undefined : hint
}

async function runFind(request: Request): Promise<Doc> {
  const { args, services, op, db } = request
  const name = collectionName(request)
  const { collection, findRequest, projection, single, limit } = parseFind(request, name)
  if (args.boolean('tailable')) return runTail(request, name)
  if (args.boolean('awaitData'))
    throw new MongoError('FailedToParse', "Cannot set 'awaitData' without also setting 'tailable'")
  const found: AsyncIterable<FoundRecord[]> = collection
    ? find(request.view, collection, findRequest, op)
    : none()
  const batchSize = args.natural('batchSize')
  // A limit that fits into the first batch ends the cursor with it.
  const size = batchSize ?? (limit > 0 ? Math.min(limit, 101) : undefined)
  return services.cursors.open(`${db}.${name}`, project(found, projection), op, ownerOf(request), {
    batchSize: size,
    single: single || (limit > 0 && size !== undefined && size >= limit && size > 0),
  })
}

/** A cursor that goes on with what comes into a capped collection. */
function runTail(request: Request, name: string): Promise<Doc> {
  const { args, services, op, db } = request
  const { collection, findRequest, projection, single } = parseFind(request, name)
  if (single || findRequest.sort?.length || findRequest.skip || findRequest.limit)
    throw new MongoError('BadValue', 'a tailable cursor takes no sort, skip, limit or singleBatch')
  if (collection && !collection.capped)
    throw new MongoError(
      'BadValue',
      `error processing query: tailable cursor requested on non capped collection ${collection.ns}`,
    )
  const waits = args.boolean('awaitData')
  let awaitMs = 0
  // As in MongoDB, a tailable cursor on an empty collection is dead at once.
  const empty = !collection || !services.engine.read.get(`SELECT 1 FROM ${collection.table} LIMIT 1`)
  const found = empty ? none() : tail(services.engine, collection, findRequest.filter, op, () => awaitMs)
  return services.cursors.open(`${db}.${name}`, project(found, projection), op, ownerOf(request), {
    batchSize: args.natural('batchSize'),
    endless: true,
    waits: waits
      ? (ms) => {
          awaitMs = ms
        }
      : undefined,
  })
}

async function* none(): AsyncGenerator<never[]> {}

async function getMore(request: Request): Promise<Doc> {
  const { args, services, db, client } = request
  const id = args.get('getMore')
  if (typeof id !== 'bigint')
    throw new MongoError(
      'TypeMismatch',
      "BSON field 'getMore.getMore' is the wrong type, expected type 'long'",
    )
  const ns = `${db}.${args.string('collection')}`
  const cursor = services.cursors.get(id)
  if (!cursor) throw new MongoError('CursorNotFound', `cursor id ${id} not found`)
  if (cursor.ns !== ns)
    throw new MongoError(
      'Unauthorized',
      `Requested getMore on namespace '${ns}', but cursor belongs to a different namespace ${cursor.ns}`,
    )
  const owner = ownerOf(request)
  if (cursor.owner.user !== client.userName)
    throw new MongoError('Unauthorized', `cursor id ${id} was not created by the authenticated user`)
  if (cursor.owner.lsid !== owner.lsid)
    throw new MongoError(50737, `Cannot run getMore on cursor ${id}, which was created in another session`)
  if (cursor.owner.txnNumber !== owner.txnNumber)
    throw new MongoError(50740, `Cannot run getMore on cursor ${id}, which belongs to another transaction`)
  if (cursor.busy) throw new MongoError('CursorInUse', `cursor id ${id} is already in use`)
  const batchSize = args.natural('batchSize')
  cursor.busy = true
  client.running.add(cursor.op)
  try {
    if (args.has('maxTimeMS') && !cursor.flow.waits)
      throw new MongoError('BadValue', 'cannot set maxTimeMS on getMore command for a non-awaitData cursor')
    cursor.flow.waits?.(args.natural('maxTimeMS') ?? 1000)
    cursor.op.check()
    const { batch, more } = await cursor.next(batchSize === 0 ? undefined : batchSize)
    cursor.busy = false
    const open = more && services.cursors.get(id) === cursor
    if (!open) await services.cursors.remove(id)
    return doc({
      cursor: doc({
        nextBatch: batch,
        id: open ? id : 0n,
        ns,
        ...Object.fromEntries(cursor.extraFields()),
      }),
      ok: 1,
    })
  } catch (error) {
    cursor.busy = false
    await services.cursors.remove(id)
    throw error
  } finally {
    client.running.delete(cursor.op)
    cursor.op.limit(undefined)
    cursor.lastUsed = Date.now()
  }
}

async function killCursors(request: Request): Promise<Doc> {
  const { args, services, client, db } = request
  const ns = `${db}.${args.string('killCursors')}`
  const killed: Value[] = []
  const notFound: Value[] = []
  for (const id of args.array('cursors')) {
    if (typeof id !== 'bigint') throw new MongoError('TypeMismatch', 'cursor ids must be of type long')
    const cursor = services.cursors.get(id)
    const mine =
      cursor && cursor.ns === ns && (cursor.owner.user === client.userName || client.allowsServer('anything'))
    if (mine && (await services.cursors.remove(id))) killed.push(id)
    else notFound.push(id)
  }
  return doc({
    cursorsKilled: killed,
    cursorsNotFound: notFound,
    cursorsAlive: [],
    cursorsUnknown: [],
    ok: 1,
  })
}

async function count(request: Request): Promise<Doc> {
  const { args, services, db, op, view } = request
  const collection = services.engine.find(db, collectionName(request))
  const ctx = contextFor(args, collection)
  const query = args.optionalDoc('query') ?? doc()
  const filter = parseFilter(query, ctx)
  const limit = Math.abs(args.integer('limit') ?? 0)
  const skip = args.natural('skip') ?? 0
  if (!collection) return doc({ n: int(0), ok: 1 })
  let n = 0
  if (query.size === 0 && !view.overlay(collection)?.size) {
    const all = await countDocuments(view.connection, collection, op)
    n = Math.max(0, all - skip)
    if (limit > 0) n = Math.min(n, limit)
  } else {
    for await (const batch of find(view, collection, { filter, skip, limit, hint: args.get('hint') }, op))
      n += batch.length
  }
  return doc({ n: int(n), ok: 1 })
}

async function distinct(request: Request): Promise<Doc> {
  const { args, services, db, op, view } = request
  const collection = services.engine.find(db, collectionName(request))
  const ctx = contextFor(args, collection)
  const key = args.string('key')
  const filter = parseFilter(args.optionalDoc('query') ?? doc(), ctx)
  const parts = key.split('.')
  const seen = new Map<string, Value>()
  const budget = new MemoryBudget('distinct')
  if (collection) {
    for await (const batch of find(view, collection, { filter, hint: args.get('hint') }, op)) {
      for (const record of batch) {
        const found: Value[] = []
        valuesAtPath(decodeFields(record.raw, new Set([rootOf(key)])), parts, 0, found)
        for (const v of found.flatMap((f) => (Array.isArray(f) ? f : [f]))) {
          const id = keyText(v)
          if (seen.has(id)) continue
          budget.add(id.length * 2 + 32)
          seen.set(id, v)
        }
      }
    }
  }
  const values = [...seen.values()]
  const kept = ctx.collation
    ? values.filter(
        (v, i) =>
          !values
            .slice(0, i)
            .some((w) => typeof v === 'string' && typeof w === 'string' && ctx.strings(v, w) === 0),
      )
    : values
  return doc({ values: kept, ok: 1 })
}

export const findCommands: Record<string, Command> = {
  find: {
    fields: FIND_FIELDS,
    privilege: on('find'),
    run: runFind,
    inTransaction: true,
    readsSnapshots: true,
  },
  getMore: { fields: ['collection', 'batchSize'], privilege: () => 'any', run: getMore, inTransaction: true },
  killCursors: { fields: ['cursors'], privilege: () => 'any', run: killCursors, inTransaction: true },
  count: {
    fields: ['query', 'limit', 'skip', 'hint', 'collation', 'fields'],
    privilege: on('find'),
    run: count,
  },
  distinct: {
    fields: ['key', 'query', 'collation', 'hint'],
    privilege: on('find'),
    run: distinct,
    inTransaction: true,
    readsSnapshots: true,
  },
}
