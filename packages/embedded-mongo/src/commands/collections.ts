/** create, drop, dropDatabase, renameCollection, collMod, listCollections, listDatabases. */
import { reaches } from '../auth/roles.ts'
import { parseCollation } from '../bson/collation.ts'
import { equal } from '../bson/compare.ts'
import { asInteger } from '../bson/types.ts'
import { Binary, type Doc, doc, int } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { queryContext } from '../query/context.ts'
import { matches } from '../query/filter.ts'
import { parseQuery } from '../query/parse.ts'
import type { Collection } from '../storage/collection.ts'
import { roughSize } from '../storage/size.ts'
import { compileValidator } from '../storage/validator.ts'
import { type Command, checkNamespace, collectionName, on, type Request } from './command.ts'
import { ownerOf } from './query-options.ts'

const REFUSED_CREATE = [
  'viewOn',
  'pipeline',
  'timeseries',
  'clusteredIndex',
  'encryptedFields',
  'expireAfterSeconds',
  'storageEngine',
  'indexOptionDefaults',
  'autoIndexId',
]
const OPTIONS = [
  'capped',
  'size',
  'max',
  'validator',
  'validationLevel',
  'validationAction',
  'collation',
  'changeStreamPreAndPostImages',
]

/** The stored options of a collection, checked. */
function createOptions(request: Request): Doc {
  const { args } = request
  for (const option of REFUSED_CREATE) if (args.has(option)) throw notSupported(`create option ${option}`)
  const options = doc()
  for (const option of OPTIONS) {
    const value = args.get(option)
    if (value !== undefined && value !== null && value !== false) options.set(option, value)
  }
  if (options.has('capped')) {
    const size = asInteger(options.get('size'))
    if (size === undefined || size < 1)
      throw new MongoError('InvalidOptions', "the 'size' field is required when 'capped' is true")
    options.set('size', int(size))
  } else if (options.has('size') || options.has('max')) {
    throw new MongoError(
      'InvalidOptions',
      "the 'capped' field needs to be true when either the 'size' or 'max' fields are present",
    )
  }
  if (!parseCollation(options.get('collation'))) options.delete('collation')
  compileValidator(options)
  return options
}

function create(request: Request): Doc {
  const { services, db } = request
  const name = collectionName(request)
  const options = createOptions(request)
  const existing = services.engine.find(db, name)
  if (existing) {
    if (!equal(existing.options, options))
      throw new MongoError('NamespaceExists', `Collection ${db}.${name} already exists.`)
    return doc({ ok: 1 })
  }
  if (name.startsWith('system.'))
    throw new MongoError('InvalidNamespace', `Invalid system namespace: ${db}.${name}`)
  request.create(name, options)
  return doc({ ok: 1 })
}

function drop(request: Request): Doc {
  const { services, db } = request
  const name = collectionName(request)
  const collection = services.engine.find(db, name)
  if (!collection) return doc({ ok: 1 })
  const n = collection.indexes.length
  services.engine.drop(collection)
  return doc({ nIndexesWas: int(n), ns: `${db}.${name}`, ok: 1 })
}

function dropDatabase({ services, db }: Request): Doc {
  services.engine.dropDatabase(db)
  return doc({ dropped: db, ok: 1 })
}

function rename(request: Request): Doc {
  const { args, services } = request
  const [from, to] = [args.string('renameCollection'), args.string('to')]
  const split = (ns: string) => [ns.slice(0, ns.indexOf('.')), ns.slice(ns.indexOf('.') + 1)] as const
  const [fromDb, fromName] = split(from)
  const [toDb, toName] = split(to)
  checkNamespace(toDb, toName)
  if (from === to) throw new MongoError('IllegalOperation', "Can't rename a collection to itself")
  const collection = services.engine.find(fromDb, fromName)
  if (!collection) throw new MongoError('NamespaceNotFound', `Source collection ${from} does not exist`)
  const existing = services.engine.find(toDb, toName)
  if (existing && !args.boolean('dropTarget'))
    throw new MongoError('NamespaceExists', 'target namespace exists')
  services.engine.rename(collection, toDb, toName, existing)
  return doc({ ok: 1 })
}

const COLL_MOD_FIELDS = [
  'index',
  'validator',
  'validationLevel',
  'validationAction',
  'changeStreamPreAndPostImages',
]

function collMod(request: Request): Doc {
  const { args, services, db } = request
  const name = collectionName(request)
  const collection = services.engine.find(db, name)
  if (!collection) throw new MongoError('NamespaceNotFound', `ns does not exist: ${db}.${name}`)
  const reply = doc()
  const index = args.optionalDoc('index')
  if (index) modifyIndex(services.engine, collection, index, reply)
  const options = new Map(collection.options)
  for (const option of ['validator', 'validationLevel', 'validationAction', 'changeStreamPreAndPostImages']) {
    const value = args.get(option)
    if (value !== undefined) options.set(option, value)
  }
  if (!equal(options, collection.options)) services.engine.modify(collection, options)
  const { writer, changes } = services.engine
  const told = new Map([...args.body].filter(([key]) => COLL_MOD_FIELDS.includes(key)))
  writer.exclusive(() => changes.defined('modify', collection, told))
  return reply.set('ok', 1)
}

function modifyIndex(
  engine: Request['services']['engine'],
  collection: Collection,
  spec: Doc,
  reply: Doc,
): void {
  for (const key of spec.keys()) {
    if (!['name', 'keyPattern', 'expireAfterSeconds', 'hidden'].includes(key))
      throw notSupported(`collMod index option ${key}`)
  }
  const index = collection.indexes.find(
    (i) =>
      i.name === spec.get('name') ||
      (spec.has('keyPattern') && equal(i.spec.get('key'), spec.get('keyPattern'))),
  )
  if (!index) throw new MongoError('IndexNotFound', 'cannot find index for collMod')
  const next = new Map(index.spec)
  const expire = asInteger(spec.get('expireAfterSeconds'))
  if (spec.has('expireAfterSeconds')) {
    if (expire === undefined || expire < 0)
      throw new MongoError('InvalidOptions', 'expireAfterSeconds must be a non-negative number')
    if (index.expireAfterSeconds !== undefined)
      reply.set('expireAfterSeconds_old', BigInt(index.expireAfterSeconds))
    reply.set('expireAfterSeconds_new', BigInt(expire))
    next.set('expireAfterSeconds', int(expire))
    index.expireAfterSeconds = expire
  }
  const hidden = spec.get('hidden')
  if (typeof hidden === 'boolean') {
    reply.set('hidden_old', index.hidden)
    reply.set('hidden_new', hidden)
    if (hidden) next.set('hidden', true)
    else next.delete('hidden')
    index.hidden = hidden
  }
  index.spec = next
  engine.writer.exclusive(() => engine.catalog.saveIndexSpec(index))
}

function describe(collection: Collection, nameOnly: boolean): Doc {
  if (nameOnly) return doc({ name: collection.name, type: 'collection' })
  return doc({
    name: collection.name,
    type: 'collection',
    options: collection.options,
    info: doc({ readOnly: false, uuid: new Binary(collection.uuid, 4) }),
    idIndex: collection.idIndex.spec,
  })
}

function listCollections(request: Request): Promise<Doc> {
  const { args, services, db, op } = request
  const filter = parseQuery(args.optionalDoc('filter') ?? doc(), queryContext())
  const all = [...(services.engine.catalog.databases.get(db)?.values() ?? [])]
    .filter((c) => !c.name.startsWith('tmp.agg_out.') && !services.engine.uncommitted.has(c))
    .map((c) => describe(c, args.boolean('nameOnly')))
    .filter((d) => matches(filter, d))
  return services.cursors.open(`${db}.$cmd.listCollections`, once(all), op, ownerOf(request), {
    batchSize: asInteger(args.optionalDoc('cursor')?.get('batchSize')),
  })
}

export async function* once(documents: Doc[]): AsyncGenerator<Doc[]> {
  yield documents
}

function listDatabases({ args, services, client }: Request): Doc {
  const all = client.allowsServer('listDatabases') && args.get('authorizedDatabases') !== true
  const names = new Set([...services.engine.catalog.databases.keys(), 'admin'])
  const filter = parseQuery(args.optionalDoc('filter') ?? doc(), queryContext())
  const nameOnly = args.boolean('nameOnly')
  let total = 0
  const databases = [...names]
    .sort()
    .filter((name) => all || reaches(client.roles, name))
    .map((name) => {
      if (nameOnly) return doc({ name })
      const collections = services.engine.catalog.databases.get(name)?.values() ?? []
      const size = [...collections].reduce((n, c) => n + roughSize(services.engine.read, c), 0)
      total += size
      return doc({ name, sizeOnDisk: BigInt(size), empty: !services.engine.catalog.databases.has(name) })
    })
    .filter((d) => matches(filter, d))
  const reply = doc({ databases })
  if (!nameOnly) reply.set('totalSize', BigInt(total))
  return reply.set('ok', 1)
}

export const collectionCommands: Record<string, Command> = {
  create: {
    fields: [...OPTIONS, ...REFUSED_CREATE, 'flags', 'temp'],
    privilege: on('createCollection'),
    run: create,
    inTransaction: true,
  },
  drop: { fields: [], privilege: on('dropCollection'), run: drop },
  dropDatabase: { fields: [], privilege: on('dropDatabase'), run: dropDatabase },
  renameCollection: {
    fields: ['to', 'dropTarget', 'stayTemp'],
    privilege: ({ args }) => {
      const ns = String(args.get('renameCollection'))
      return { actions: ['rename'], db: ns.slice(0, Math.max(0, ns.indexOf('.'))) }
    },
    run: rename,
  },
  collMod: {
    fields: COLL_MOD_FIELDS,
    privilege: on('collMod'),
    run: collMod,
  },
  listCollections: {
    fields: ['filter', 'nameOnly', 'cursor', 'authorizedCollections'],
    privilege: on('listCollections'),
    run: listCollections,
  },
  listDatabases: {
    fields: ['filter', 'nameOnly', 'authorizedDatabases'],
    privilege: () => 'any',
    run: listDatabases,
  },
}
