import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import type { CloudSocket, FunctionContext, LafFetch } from '@lathe/cloud'
import type { CloudHost } from '@lathe/cloud/host'
import { Tokens } from './guard/tokens.ts'
import type { Graph } from './loader/graph.ts'
import { invocationStorage } from './observe/invocation-store.ts'

export interface CloudHostOptions {
  appid: string
  mongoUrl: string
  env: Readonly<Record<string, string>>
  sockets: ReadonlySet<CloudSocket>
  live(): Graph
}

/** The driver's connections per runtime: enough for one process, few enough for many apps on one database. */
const POOL = 20

/** What `@lathe/cloud` can do, made from what this process has. */
export function makeCloudHost(options: CloudHostOptions): { host: CloudHost; tokens: Tokens } {
  const { appid, mongoUrl, env, sockets, live } = options
  // Without a secret of the app's own choice, one that only this app can know: it comes from its database's password.
  const derived = createHmac('sha256', mongoUrl).update('lathe: secret of tokens').digest('hex')
  const tokens = new Tokens(() => env.SERVER_SECRET || derived)
  let connected: ReturnType<CloudHost['mongo']> | undefined
  let axios: LafFetch | undefined
  const host: CloudHost = {
    appid,
    env,
    sockets,
    invoke: (name, ctx) => invoke(live(), name, ctx),
    signToken: (payload, expiresInSeconds) => tokens.sign(payload, expiresInSeconds),
    verifyToken: (token, secret) => tokens.verify(token, secret),
    mongo() {
      connected ??= connect(mongoUrl)
      return connected
    },
    axios() {
      axios ??= (createRequire(import.meta.url)('./axios.js') as { default: LafFetch }).default
      return axios
    },
  }
  return { host, tokens }
}

function connect(mongoUrl: string): ReturnType<CloudHost['mongo']> {
  // The driver is 15 MB of memory that most functions do not need: loaded by the first call, synchronously because
  // `cloud.mongo.db` is a plain property.
  const driver = createRequire(import.meta.url)('./mongodb.js') as typeof import('mongodb')
  const client = new driver.MongoClient(mongoUrl, {
    maxPoolSize: POOL,
    minPoolSize: 0,
    maxIdleTimeMS: 60_000,
    serverSelectionTimeoutMS: 10_000,
    appName: 'lathe',
  })
  return { client, db: client.db(), toObjectId: (hex) => new driver.ObjectId(hex) }
}

async function invoke(live: Graph, name: string, changes: Partial<FunctionContext> = {}): Promise<unknown> {
  const store = invocationStorage.getStore()
  const graph = store?.graph ?? live
  const entry = graph.entries.get(name)
  if (!entry) throw new Error(`Cannot find function '${name}'`)
  if (entry.error) throw new Error(`${name} could not be loaded: ${entry.error.message}`)
  const main = entry.handlers?.main
  if (!main) throw new Error(`${name} has no default function to be invoked`)
  const base = (store?.ctx ?? null) as FunctionContext | null
  const fields: PropertyDescriptorMap = {
    functionName: { value: name, enumerable: true, writable: true, configurable: true },
    __function_name: { value: name, enumerable: true, writable: true, configurable: true },
  }
  // Called by no request: as Laf calls it then.
  if (!base) fields.method = { value: 'call', enumerable: true, writable: true, configurable: true }
  for (const [key, value] of Object.entries(changes)) {
    fields[key] = { value, enumerable: true, writable: true, configurable: true }
  }
  const ctx = Object.create(base, fields) as FunctionContext
  return invocationStorage.run(
    {
      graph,
      functionName: name,
      revision: entry.unit.revision,
      requestId: store?.requestId ?? null,
      runId: store?.runId ?? null,
      ctx,
      exchangeId: store?.exchangeId ?? null,
      timeoutMs: store?.timeoutMs ?? entry.unit.timeoutMs,
      startedAt: store?.startedAt ?? null,
    },
    async () => main(ctx),
  )
}
