/** createIndexes, listIndexes, dropIndexes. */
import { parseCollation } from '../bson/collation.ts'
import { equal } from '../bson/compare.ts'
import { asInteger, typeName } from '../bson/types.ts'
import { type Doc, doc, int, isDoc, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { queryContext } from '../query/context.ts'
import type { Filter } from '../query/filter.ts'
import { parseQuery } from '../query/parse.ts'
import type { Collection } from '../storage/collection.ts'
import { buildIndexes } from '../storage/index-build.ts'
import type { Index } from '../storage/index-spec.ts'
import { once } from './collections.ts'
import { type Command, collectionName, on, type Request } from './command.ts'
import { ownerOf } from './query-options.ts'

const OPTIONS = [
  'key',
  'name',
  'v',
  'unique',
  'sparse',
  'background',
  'partialFilterExpression',
  'expireAfterSeconds',
  'hidden',
  'collation',
  'ns',
]
const REFUSED = [
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'bucketSize',
  'wildcardProjection',
  'storageEngine',
  'prepareUnique',
  'clustered',
]
const MAX_INDEXES = 64

function checkKey(key: Value | undefined): Doc {
  if (!isDoc(key)) throw new MongoError('TypeMismatch', "The field 'key' must be an object")
  if (key.size === 0) throw new MongoError('CannotCreateIndex', 'Index keys cannot be empty.')
  if (key.size > 32) throw new MongoError('CannotCreateIndex', 'Index keys cannot have more than 32 fields')
  for (const [path, direction] of key) {
    if (path === '$**' || path.endsWith('.$**')) throw notSupported('wildcard index')
    if (path === '' || path.split('.').some((p) => p === '' || p.startsWith('$')))
      throw new MongoError('CannotCreateIndex', `Index key contains an illegal field name: '${path}'`)
    if (typeof direction === 'string') {
      if (['text', '2d', '2dsphere', 'hashed', 'geoHaystack', 'columnstore'].includes(direction))
        throw notSupported(`index type ${direction}`)
      throw new MongoError('CannotCreateIndex', `Unknown index plugin '${direction}'`)
    }
    const n = typeof direction === 'number' ? direction : asInteger(direction)
    if (n === undefined || n === 0 || Number.isNaN(n))
      throw new MongoError(
        'CannotCreateIndex',
        `Values in the index key pattern cannot be ${n === 0 ? '0' : `of type ${typeName(direction)}`}`,
      )
  }
  return key
}

const PARTIAL_OPS = ['$eq', '$gt', '$gte', '$lt', '$lte', '$exists', '$type', '$in']

function checkPartial(filter: Filter): void {
  if (filter.kind === 'leaf' && PARTIAL_OPS.includes(filter.op)) return
  if (filter.kind === 'and' || filter.kind === 'or') {
    for (const f of filter.of) checkPartial(f)
    return
  }
  throw new MongoError('CannotCreateIndex', 'unsupported expression in partial index')
}

/** The index as it is stored and listed; defaults filled in, everything unknown refused. */
function normalise(spec: Doc): Doc {
  for (const option of spec.keys()) {
    if (REFUSED.includes(option)) throw notSupported(`index option ${option}`)
    if (!OPTIONS.includes(option))
      throw new MongoError(
        'InvalidIndexSpecificationOption',
        `The field '${option}' is not valid for an index specification.`,
      )
  }
  const key = checkKey(spec.get('key'))
  const name =
    spec.get('name') ?? [...key].map(([path, d]) => `${path}_${String(asInteger(d) ?? d)}`).join('_')
  if (typeof name !== 'string' || name === '')
    throw new MongoError('CannotCreateIndex', 'The index name must be a non-empty string')
  const version = asInteger(spec.get('v') ?? int(2))
  if (version !== 2 && version !== 1)
    throw new MongoError(
      'CannotCreateIndex',
      `Invalid index specification: cannot create index with version ${version}`,
    )
  const out = doc({ v: int(2), key, name })
  for (const flag of ['unique', 'sparse', 'hidden']) {
    const value = spec.get(flag)
    const on_ = value === true || (value !== false && (asInteger(value) ?? 0) !== 0)
    if (on_) out.set(flag, true)
  }
  if (spec.has('expireAfterSeconds')) {
    const seconds = asInteger(spec.get('expireAfterSeconds'))
    if (seconds === undefined || seconds < 0 || seconds > 2147483647)
      throw new MongoError(
        'CannotCreateIndex',
        'TTL index expireAfterSeconds must be within 0 and 2147483647',
      )
    if (key.size !== 1)
      throw new MongoError(
        'CannotCreateIndex',
        'TTL indexes are single-field indexes, compound indexes do not support TTL',
      )
    if (key.has('_id'))
      throw new MongoError(
        'InvalidIndexSpecificationOption',
        'The field expireAfterSeconds is not valid for an _id index',
      )
    out.set('expireAfterSeconds', int(seconds))
  }
  const partial = spec.get('partialFilterExpression')
  if (partial !== undefined) {
    if (!isDoc(partial))
      throw new MongoError('TypeMismatch', "The field 'partialFilterExpression' must be an object")
    if (out.has('sparse'))
      throw new MongoError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options')
    checkPartial(parseQuery(partial, queryContext()))
    out.set('partialFilterExpression', partial)
  }
  if (parseCollation(spec.get('collation'))) throw notSupported('an index with a collation')
  return out
}

function isIdKey(spec: Doc): boolean {
  const key = spec.get('key') as Doc
  return key.size === 1 && asInteger(key.get('_id')) === 1
}

/** Specifications that are not there yet; conflicts with existing indexes are refused. */
function missing(collection: Collection | undefined, specs: Doc[]): Doc[] {
  const known = collection?.indexes.map((i) => i.spec) ?? []
  const out: Doc[] = []
  for (const spec of specs) {
    if (isIdKey(spec)) continue
    const all = [...known, ...out]
    const sameName = all.find((s) => s.get('name') === spec.get('name'))
    const sameKey = all.find(
      (s) =>
        equal(s.get('key'), spec.get('key')) &&
        [...(s.get('key') as Doc).keys()].join() === [...(spec.get('key') as Doc).keys()].join() &&
        equal(s.get('partialFilterExpression'), spec.get('partialFilterExpression')),
    )
    if (sameName && sameName === sameKey) {
      const alike = ['unique', 'sparse', 'expireAfterSeconds'].every((o) =>
        equal(sameName.get(o), spec.get(o)),
      )
      if (!alike)
        throw new MongoError(
          'IndexOptionsConflict',
          `An equivalent index already exists with the same name but different options. Requested index: ${String(spec.get('name'))}`,
        )
      continue
    }
    if (sameName)
      throw new MongoError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Requested index: ${String(spec.get('name'))}`,
      )
    if (sameKey)
      throw new MongoError(
        'IndexOptionsConflict',
        `Index already exists with a different name: ${String(sameKey.get('name'))}`,
      )
    out.push(spec)
  }
  return out
}

/** Builds of one collection follow one another, so that two clients that want the same index make one. */
async function createIndexes(request: Request): Promise<Doc> {
  const { args, services, db } = request
  const name = collectionName(request)
  const list = args.docs('indexes')
  if (list.length === 0) throw new MongoError('BadValue', 'Must specify at least one index to create')
  const specs = list.map(normalise)
  const existing = services.engine.find(db, name)
  // Conflicts are refused before anything is made.
  missing(existing, specs)
  if (request.transaction && existing && !request.transaction.made.has(existing)) {
    throw new MongoError(
      'OperationNotSupportedInTransaction',
      `Cannot create new indexes on existing collection ${db}.${name} in a multi-document transaction.`,
    )
  }
  const collection = request.ensure(name)
  const earlier = collection.building
  const own = Promise.withResolvers<void>()
  collection.building = own.promise
  try {
    await earlier
    return await createMissing(request, collection, specs, existing === undefined)
  } finally {
    own.resolve()
  }
}

async function createMissing(
  { services, op }: Request,
  collection: Collection,
  specs: Doc[],
  made: boolean,
): Promise<Doc> {
  const fresh = missing(collection, specs)
  const before = collection.indexes.length
  if (before + fresh.length > MAX_INDEXES)
    throw new MongoError('CannotCreateIndex', `add index fails, too many indexes for ${collection.ns}`)
  if (fresh.length > 0) await buildIndexes(services.engine, collection, fresh, op)
  const reply = doc({
    numIndexesBefore: int(before),
    numIndexesAfter: int(collection.indexes.length),
    createdCollectionAutomatically: made,
  })
  if (fresh.length === 0) reply.set('note', 'all indexes already exist')
  return reply.set('ok', 1)
}

function existing(request: Request): Collection {
  const name = collectionName(request)
  const collection = request.services.engine.find(request.db, name)
  if (!collection || request.services.engine.uncommitted.has(collection))
    throw new MongoError('NamespaceNotFound', `ns does not exist: ${request.db}.${name}`)
  return collection
}

function listIndexes(request: Request): Promise<Doc> {
  const { args, services, op } = request
  const collection = existing(request)
  return services.cursors.open(
    collection.ns,
    once(collection.readyIndexes.map((i) => i.spec)),
    op,
    ownerOf(request),
    {
      batchSize: asInteger(args.optionalDoc('cursor')?.get('batchSize')),
    },
  )
}

async function dropIndexes(request: Request): Promise<Doc> {
  const { args, services } = request
  const collection = existing(request)
  await collection.building
  const wanted = args.get('index')
  const before = collection.indexes.length
  const find = (value: Value): Index => {
    const found = collection.indexes.find((i) =>
      isDoc(value) ? equal(i.spec.get('key'), value) : i.name === value,
    )
    if (!found)
      throw new MongoError(
        'IndexNotFound',
        isDoc(value) ? "can't find index with key" : `index not found with name [${String(value)}]`,
      )
    if (found === collection.idIndex) throw new MongoError('InvalidOptions', 'cannot drop _id index')
    return found
  }
  const gone =
    wanted === '*'
      ? collection.indexes.slice(1)
      : Array.isArray(wanted)
        ? wanted.map(find)
        : wanted === undefined
          ? undefined
          : [find(wanted)]
  if (!gone) throw args.missing('index')
  services.engine.dropIndexes(collection, gone)
  const reply = doc({ nIndexesWas: int(before) })
  if (wanted === '*') reply.set('msg', 'non-_id indexes dropped for collection')
  return reply.set('ok', 1)
}

export const indexCommands: Record<string, Command> = {
  createIndexes: {
    fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
    privilege: on('createIndex'),
    run: createIndexes,
    inTransaction: true,
  },
  listIndexes: {
    fields: ['cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo'],
    privilege: on('listIndexes'),
    run: listIndexes,
  },
  dropIndexes: { fields: ['index'], privilege: on('dropIndex'), run: dropIndexes },
}
