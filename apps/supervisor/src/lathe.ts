import { EventEmitter } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { type ApiEnv, type GatewayEnv, MONGO_PROCESS_ENV, type MongoEnv, type Settings } from '@lathe/shared'
import { type DataFolder, openDataFolder, readSecretKey } from './data-folder.ts'
import { chooseIsolation, type Isolation, wallsOf } from './isolation.ts'
import { LogFile } from './log-file.ts'
import { programs } from './paths.ts'
import { Program } from './program.ts'
import { Runtimes } from './runtimes.ts'
import { derivedSecret } from './secrets.ts'
import { WarmRuntimes } from './warm-runtimes.ts'

const ROOT_USER = 'lathe'
const RUNTIME_GRACE_MS = 5_000

interface LatheEvents {
  crashed: [{ name: string; code: number | null; signal: string | null; retryInMs: number }]
}

/** A running Lathe on this machine. */
export interface Lathe extends AsyncDisposable {
  /** Address of the console, e.g. `http://localhost:8000`. */
  url: string
  port: number
  appsDomain: string
  consoleHost: string
  data: DataFolder
  database: 'embedded' | 'mongodb'
  /** The walls around runtimes. */
  isolation: Isolation
  /** The platform's database; carries the password. */
  mongoUrl: string
  apiSocket: string
  /** One-time link that makes the first owner; null when an account exists. */
  signInLink: string | null
  /** Process numbers of what runs now. */
  pids(): {
    database: number | null
    api: number | null
    gateway: number | null
    /** Of apps, side runtimes too. */
    runtimes: number[]
    /** Runtimes that wait for an app. */
    warm: number[]
  }
  /** Which app each runtime belongs to. */
  runtimes(): { instanceId: string; appid: string; pid: number }[]
  events: EventEmitter<LatheEvents>
}

/**
 * Starts database, api and gateway and waits until all serve. Disposing it stops everything, runtimes included.
 * Port 0 takes any free port.
 * @param signal aborting it while Lathe starts takes down what was started, and rejects
 * @throws Refusal when the operator has to change a setting
 */
export async function startLathe(settings: Settings, signal?: AbortSignal): Promise<Lathe> {
  await using stack = new AsyncDisposableStack()
  const abandon = () => void stack.disposeAsync()
  signal?.addEventListener('abort', abandon, { once: true })
  const data = stack.use(await openDataFolder(settings.LATHE_DATA))
  const key = await readSecretKey(data, settings.LATHE_SECRET_KEY)
  const port = settings.LATHE_PORT || (await freePort(settings.LATHE_HOST))
  const consoleUrl = consoleUrlOf(settings.LATHE_CONSOLE_HOST ?? `localhost:${port}`)
  const consoleHost = consoleUrl.replace(/^https?:\/\//, '')
  const appsDomain = settings.LATHE_APPS_DOMAIN ?? `localhost:${port}`
  const shared = {
    LATHE_API_SOCKET: join(data.run, 'api.sock'),
    // In a folder of its own, which is all of `run` that sandboxes of runtimes see beside their own.
    LATHE_CONTROL_SOCKET: join(data.run, 'control', 'api.sock'),
    LATHE_APPS_DOMAIN: appsDomain,
    LATHE_GATEWAY_TOKEN: derivedSecret(key, 'gateway'),
    LATHE_LOG_LEVEL: settings.LATHE_LOG_LEVEL,
  }
  await mkdir(dirname(shared.LATHE_CONTROL_SOCKET), { mode: 0o700 })
  const isolation = await chooseIsolation(settings.LATHE_ISOLATION)
  const events = new EventEmitter<LatheEvents>()
  const program = (name: string, entry: string, env: () => Record<string, string>) => {
    const made = new Program({ name, entry, env, logFile: join(data.logs, `${name}.log`) })
    made.on('crashed', (crash) => events.emit('crashed', { name, ...crash }))
    stack.defer(() => made.stop())
    return made
  }

  const gateway = program('gateway', programs.gateway, () =>
    environment({
      ...shared,
      LATHE_HOST: settings.LATHE_HOST,
      LATHE_PORT: String(port),
      LATHE_CONSOLE_HOST: consoleHost,
      LATHE_CONSOLE_TLS: String(consoleUrl.startsWith('https:')),
      LATHE_TRUSTED_PROXIES: settings.LATHE_TRUSTED_PROXIES.join(','),
      LATHE_CONSOLE_DIST: programs.consoleDist,
      LATHE_ROUTES_FILE: data.routesFile,
    } satisfies Textual<GatewayEnv>),
  )
  const gatewayServes = gateway.start()
  // A taken port ends the start at once, whatever the others are doing.
  gatewayServes.catch(abandon)
  // Then the others end unserved; that the gateway was refused is the reason to tell.
  const unlessRefused = async (error: unknown): Promise<never> => {
    await gatewayServes
    throw error
  }

  // Containers do not reach the machine's loopback; their runtimes see this folder.
  const databaseSocket =
    settings.LATHE_RUNTIME_DRIVER === 'docker' && !settings.MONGODB_URL
      ? join(dirname(shared.LATHE_CONTROL_SOCKET), 'database.sock')
      : null
  const database = settings.MONGODB_URL
    ? null
    : await startDatabase(program, { data, key, socketPath: databaseSocket, settings }).catch(unlessRefused)
  const mongoUrl = settings.MONGODB_URL ?? database!.url

  const api = program('api', programs.api, () =>
    environment({
      ...openTelemetry(),
      ...shared,
      LATHE_RUN_DIR: data.run,
      LATHE_DATA: data.root,
      LATHE_CONSOLE_URL: consoleUrl,
      LATHE_GATEWAY_ADDRESS: `${connectable(settings.LATHE_HOST)}:${port}`,
      LATHE_SECRET_KEY: key,
      LATHE_ISOLATION: wallsOf(isolation).join(','),
      LATHE_DATABASE: database ? 'embedded' : 'mongodb',
      LATHE_RUNTIME_DRIVER: settings.LATHE_RUNTIME_DRIVER,
      LATHE_REPLICAS: String(settings.LATHE_REPLICAS),
      LATHE_RUNTIME_ENTRY: programs.runtime,
      ...(databaseSocket ? { LATHE_DATABASE_SOCKET: databaseSocket } : {}),
      MONGODB_URL: mongoUrl,
      LATHE_PACKAGES_QUOTA_MB: String(settings.LATHE_PACKAGES_QUOTA_MB),
      LATHE_IDLE_STOP_MS: String(settings.LATHE_IDLE_STOP),
      LATHE_DEBUG_IDLE_MS: String(settings.LATHE_DEBUG_IDLE),
      ...(settings.LATHE_SMTP_URL ? { LATHE_SMTP_URL: settings.LATHE_SMTP_URL } : {}),
      ...(settings.LATHE_MAIL_FROM ? { LATHE_MAIL_FROM: settings.LATHE_MAIL_FROM } : {}),
      ...singleSignOn(settings),
      ...(settings.LATHE_REGISTRY ? { LATHE_REGISTRY: settings.LATHE_REGISTRY } : {}),
      ...(settings.LATHE_OWNER_EMAIL ? { LATHE_OWNER_EMAIL: settings.LATHE_OWNER_EMAIL } : {}),
      ...(settings.LATHE_OWNER_PASSWORD ? { LATHE_OWNER_PASSWORD: settings.LATHE_OWNER_PASSWORD } : {}),
    } satisfies Textual<Omit<ApiEnv, 'LATHE_DATABASE_NAME'>>),
  )
  const warm = new WarmRuntimes({
    count:
      isolation === 'bwrap' && settings.LATHE_RUNTIME_DRIVER === 'local' ? settings.LATHE_WARM_RUNTIMES : 0,
    dir: join(data.run, 'warm'),
    packages: join(data.root, 'packages'),
    control: dirname(shared.LATHE_CONTROL_SOCKET),
    log: new LogFile(join(data.logs, 'runtime-warm.log')),
  })
  stack.defer(() => warm.stop())
  const runtimes = new Runtimes((event) => api.send(event), data.logs, isolation, warm)
  api.on('message', (message) => void runtimes.handle(message))
  let signInLink: string | null = null
  api.on('report', (report) => {
    if (report.type === 'sign-in-link') signInLink = report.url
  })
  await api.start().catch(unlessRefused)
  await gatewayServes
  signal?.removeEventListener('abort', abandon)
  signal?.throwIfAborted()
  await warm.start()

  // Stopping runs the other way round: the door first, the database last. The api goes before the runtimes, so
  // that it does not take their end for a crash.
  const parts = { gateway, api, database: database?.program ?? null }
  stack.defer(async () => {
    await gateway.stop()
    await api.stop()
    await runtimes.stopAll(RUNTIME_GRACE_MS)
  })
  const owned = stack.move()
  return {
    url: consoleUrl,
    port,
    appsDomain,
    consoleHost,
    data,
    database: database ? 'embedded' : 'mongodb',
    isolation,
    mongoUrl,
    apiSocket: shared.LATHE_API_SOCKET,
    get signInLink() {
      return signInLink
    },
    pids: () => ({
      database: parts.database?.pid ?? null,
      api: parts.api.pid,
      gateway: parts.gateway.pid,
      runtimes: runtimes.list().map(({ pid }) => pid),
      warm: warm.pids(),
    }),
    runtimes: () => runtimes.list(),
    events,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

type Textual<T> = { [K in keyof T]: string }
type MakeProgram = (name: string, entry: string, env: () => Record<string, string>) => Program

interface DatabaseParts {
  data: DataFolder
  key: string
  socketPath: string | null
  settings: Settings
}

async function startDatabase(make: MakeProgram, { data, key, socketPath, settings }: DatabaseParts) {
  const password = derivedSecret(key, 'embedded-mongo-root')
  // The first start takes any free port; a restart after a crash takes the same, since clients hold its address.
  let port = 0
  const program = make('database', programs.database, () =>
    environment({
      LATHE_MONGO_DATA: data.mongo,
      LATHE_MONGO_HOST: '127.0.0.1',
      LATHE_MONGO_PORT: String(port),
      LATHE_MONGO_ROOT_USER: ROOT_USER,
      LATHE_MONGO_ROOT_PASSWORD: password,
      LATHE_MONGO_SYNCHRONOUS: settings.LATHE_MONGO_SYNCHRONOUS,
      ...(socketPath ? { LATHE_MONGO_SOCKET: socketPath } : {}),
      ...MONGO_PROCESS_ENV,
    } satisfies Textual<MongoEnv> & typeof MONGO_PROCESS_ENV),
  )
  const address = await program.start()
  port = Number(address.slice(address.lastIndexOf(':') + 1))
  return { program, url: `mongodb://${ROOT_USER}:${password}@${address}/?authSource=admin` }
}

/** A child's whole environment: what it is given, and what Node itself needs to find its way. */
function environment(own: Record<string, string>): Record<string, string> {
  const kept = Object.fromEntries(
    ['PATH', 'HOME', 'TZ', 'LANG', 'TMPDIR', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'DOCKER_HOST'].flatMap(
      (name) => {
        const value = process.env[name]
        return value === undefined ? [] : [[name, value]]
      },
    ),
  )
  return { ...kept, NODE_ENV: 'production', ...own }
}

/** What the operator has set for OpenTelemetry, under its own names. */
function openTelemetry(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('OTEL_') && value !== undefined ? [[name, value]] : [],
    ),
  )
}

/** The identity provider's settings, where there is one. */
function singleSignOn(settings: Settings): Record<string, string> {
  const { LATHE_OIDC_ISSUER: issuer, LATHE_OIDC_CLIENT_ID: id, LATHE_OIDC_CLIENT_SECRET: secret } = settings
  if (!issuer || !id || !secret) return {}
  return {
    LATHE_OIDC_ISSUER: issuer,
    LATHE_OIDC_CLIENT_ID: id,
    LATHE_OIDC_CLIENT_SECRET: secret,
    LATHE_OIDC_NAME: settings.LATHE_OIDC_NAME ?? new URL(issuer).hostname,
    LATHE_OIDC_SIGN_UP: String(settings.LATHE_OIDC_SIGN_UP ?? false),
  }
}

/** An address to connect to for a host to listen on. */
function connectable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

async function freePort(host: string): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

function consoleUrlOf(setting: string): string {
  return setting.startsWith('https://') ? setting : `http://${setting}`
}
