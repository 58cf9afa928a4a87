/** ping, buildInfo, connectionStatus, statistics and the other questions that tools ask. */
import { hostname, totalmem } from 'node:os'
import { DateTime, type Doc, doc, int, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { MAX_DOCUMENT_BYTES } from '../storage/records.ts'
import { collectionSize, storageStats } from '../storage/size.ts'
import { type Command, collectionName, on, type Request } from './command.ts'

/** The MongoDB version whose behaviour this server follows. */
export const VERSION = '8.0.0'

const OK = () => doc({ ok: 1 })

function buildInfo(): Doc {
  return doc({
    version: VERSION,
    gitVersion: 'lathe-embedded',
    modules: ['lathe-embedded-mongo'],
    versionArray: VERSION.split('.')
      .map((n) => int(Number(n)))
      .concat(int(0)),
    bits: int(64),
    debug: false,
    maxBsonObjectSize: int(MAX_DOCUMENT_BYTES),
    storageEngines: ['sqlite'],
    ok: 1,
  })
}

function connectionStatus({ client, args }: Request): Doc {
  const user = client.user
  const authInfo = doc({
    authenticatedUsers: user ? [doc({ user: user.name, db: user.db })] : [],
    authenticatedUserRoles: client.roles.map((r) => doc({ role: r.role, db: r.db })),
  })
  if (args.boolean('showPrivileges')) authInfo.set('authenticatedUserPrivileges', [])
  return doc({ authInfo, ok: 1 })
}

function serverStatus({ services }: Request): Doc {
  const memory = process.memoryUsage()
  return doc({
    host: hostname(),
    version: VERSION,
    process: 'lathe-embedded-mongo',
    pid: BigInt(process.pid),
    uptime: (Date.now() - services.startedAt) / 1000,
    localTime: new DateTime(Date.now()),
    connections: doc({ current: int(services.connections()) }),
    metrics: doc({ cursor: doc({ open: doc({ total: BigInt(services.cursors.size) }) }) }),
    mem: doc({ bits: int(64), resident: int(Math.round(memory.rss / 1048576)) }),
    storageEngine: doc({ name: 'sqlite', persistent: true, readOnly: false }),
    sqlite: doc({ commits: BigInt(services.engine.writer.commits) }),
    ok: 1,
  })
}

async function collStats(request: Request): Promise<Doc> {
  const { services, db, op } = request
  const name = collectionName(request)
  const collection = services.engine.find(db, name)
  if (!collection) return doc({ ns: `${db}.${name}`, size: int(0), count: int(0), nindexes: int(0), ok: 1 })
  const stats = await storageStats(services.engine.read, collection, op, scaleOf(request))
  return doc({ ns: collection.ns, ...Object.fromEntries(stats), ok: 1 })
}

/** Bytes to a unit of the answer. */
function scaleOf({ args }: Request): number {
  const scale = args.integer('scale') ?? 1
  if (scale < 1) throw new MongoError(51024, `BSON field 'scale' value must be >= 1, actual value '${scale}'`)
  return scale
}

async function dbStats(request: Request): Promise<Doc> {
  const { services, db, op } = request
  const scale = scaleOf(request)
  if (request.args.boolean('freeStorage')) throw notSupported('dbStats with freeStorage')
  let [objects, data, index, indexes] = [0, 0, 0, 0]
  const collections = [...(services.engine.catalog.databases.get(db)?.values() ?? [])]
  for (const c of collections) {
    const size = await collectionSize(services.engine.read, c, op)
    objects += size.count
    data += size.data
    indexes += c.readyIndexes.length
    for (const n of size.indexes.values()) index += n
  }
  return doc({
    db,
    collections: BigInt(collections.length),
    views: 0n,
    objects: BigInt(objects),
    avgObjSize: objects > 0 ? data / objects : 0,
    dataSize: data / scale,
    storageSize: data / scale,
    indexes: BigInt(indexes),
    indexSize: index / scale,
    totalSize: (data + index) / scale,
    scaleFactor: scale,
    ok: 1,
  })
}

async function validate(request: Request): Promise<Doc> {
  const { services, db, op } = request
  const name = collectionName(request)
  const collection = services.engine.find(db, name)
  if (!collection)
    throw new MongoError('NamespaceNotFound', `Collection '${db}.${name}' does not exist to validate.`)
  const { errors, records } = await services.engine.check(collection, op)
  return doc({
    ns: collection.ns,
    valid: errors.length === 0,
    errors,
    warnings: [],
    nrecords: int(records),
    nIndexes: int(collection.readyIndexes.length),
    ok: 1,
  })
}

/** What `getParameter` tells. */
const PARAMETERS: Record<string, Value> = {
  authenticationMechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-1'],
  featureCompatibilityVersion: doc({ version: '8.0' }),
  requireApiVersion: false,
  transactionLifetimeLimitSeconds: int(60),
}

function getParameter({ args }: Request): Doc {
  const all = args.get('getParameter') === '*' || args.has('allParameters')
  const found = Object.entries(PARAMETERS).filter(([name]) => all || args.has(name))
  if (found.length === 0) throw new MongoError('InvalidOptions', 'no option found to get')
  return doc({ ...Object.fromEntries(found), ok: 1 })
}

function configureFailPoint({ services, args }: Request): Doc {
  if (!services.failPoints) throw new MongoError('CommandNotFound', "no such command: 'configureFailPoint'")
  return services.failPoints.configure(args.body)
}

const simple = (
  run: Command['run'],
  fields: string[] = [],
  privilege: Command['privilege'] = () => 'any',
): Command => ({ fields, privilege, run })

export const diagnosticCommands: Record<string, Command> = {
  ping: simple(OK, [], () => 'none'),
  buildInfo: simple(buildInfo, [], () => 'none'),
  buildinfo: simple(buildInfo, [], () => 'none'),
  connectionStatus: simple(connectionStatus, ['showPrivileges'], () => 'none'),
  whatsmyuri: simple(() => doc({ you: '127.0.0.1:0', ok: 1 })),
  hostInfo: simple(
    () =>
      doc({
        system: doc({
          currentTime: new DateTime(Date.now()),
          hostname: hostname(),
          cpuAddrSize: int(64),
          memSizeMB: BigInt(Math.round(totalmem() / 1048576)),
        }),
        os: doc({ type: process.platform }),
        extra: doc(),
        ok: 1,
      }),
    [],
    () => ({ server: 'serverStatus' }),
  ),
  serverStatus: simple(serverStatus, ['repl', 'metrics', 'locks'], () => ({ server: 'serverStatus' })),
  getLog: simple(
    () => doc({ totalLinesWritten: int(0), log: [], ok: 1 }),
    [],
    () => ({ server: 'serverStatus' }),
  ),
  getCmdLineOpts: simple(
    () => doc({ argv: ['lathe-embedded-mongo'], parsed: doc(), ok: 1 }),
    [],
    () => ({ server: 'serverStatus' }),
  ),
  getParameter: simple(getParameter, Object.keys(PARAMETERS).concat('allParameters'), () => ({
    server: 'serverStatus',
  })),
  configureFailPoint: simple(configureFailPoint, ['mode', 'data'], () => ({ server: 'anything' })),
  listCommands: simple(({ services }) =>
    doc({ commands: doc(Object.fromEntries(services.commandNames().map((n) => [n, doc()]))), ok: 1 }),
  ),
  collStats: simple(collStats, ['scale'], on('stats')),
  dbStats: simple(dbStats, ['scale', 'freeStorage'], on('stats')),
  dbstats: simple(dbStats, ['scale', 'freeStorage'], on('stats')),
  validate: simple(validate, ['full', 'scandata', 'repair', 'metadata', 'background'], on('validate')),
}
