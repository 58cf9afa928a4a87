import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { Users } from '../auth/users.ts'
import { ChangeLog } from '../changes/log.ts'
import { commands } from '../commands/registry.ts'
import { MongoError } from '../errors.ts'
import { Sessions } from '../sessions/sessions.ts'
import { Engine, type EngineOptions, type Synchronous } from '../storage/engine.ts'
import { WireConnection } from '../wire/connection.ts'
import { Client } from './client.ts'
import { Clock } from './clock.ts'
import { CursorStore } from './cursors.ts'
import { FailPoints } from './fail-points.ts'
import type { Services } from './services.ts'
import { TtlSweeper } from './ttl.ts'

export interface ServerOptions {
  /** Folder of the database's files; made when missing. */
  readonly dataDir: string
  readonly host?: string
  /** 0: any free port. */
  readonly port?: number
  /** A Unix socket to listen on as well. */
  readonly socketPath?: string
  /** Made at start, or given this password again. */
  readonly rootUser: string
  readonly rootPassword: string
  /** FULL (default): what is acknowledged survives a power cut. NORMAL: it survives a crash of the process. */
  readonly synchronous?: Synchronous
  /** How often expired documents are removed, in milliseconds. */
  readonly ttlIntervalMs?: number
  /** Offers `configureFailPoint`, as the drivers' specification suites need it. Never for a server in use. */
  readonly testCommands?: boolean
}

/** The folder, the file in it, or the address cannot be used; `setting` names which. */
export class StartRefused extends Error {
  readonly setting: 'dataDir' | 'port'
  constructor(setting: 'dataDir' | 'port', message: string) {
    super(message)
    this.setting = setting
  }
}

export class MongoServer {
  readonly #server: Server
  /** The same on a Unix socket. */
  readonly #local: Server
  readonly #connections = new Set<WireConnection>()
  readonly #services: Services
  readonly #ttl: TtlSweeper
  #address = ''

  private constructor(services: Services, ttl: TtlSweeper) {
    this.#services = services
    this.#ttl = ttl
    this.#server = createServer((socket) => this.#accept(socket))
    this.#local = createServer((socket) => this.#accept(socket))
  }

  static async start(options: ServerOptions): Promise<MongoServer> {
    const engine = refusing(options.dataDir, () => new Engine(engineOptions(options)))
    let server: MongoServer
    try {
      server = await MongoServer.#build(engine, options)
    } catch (error) {
      engine.close()
      // A full or broken disk shows with the first write.
      if (error instanceof MongoError)
        throw new StartRefused('dataDir', `${options.dataDir} cannot be used: ${error.message}`)
      throw error
    }
    await server.#listen(options.host ?? '127.0.0.1', options.port ?? 0)
    if (options.socketPath) await server.#listenLocally(options.socketPath)
    return server
  }

  static async #build(engine: Engine, options: ServerOptions): Promise<MongoServer> {
    const users = new Users(engine)
    await ensureRoot(users, options)
    const clock = new Clock()
    const changes = new ChangeLog(engine, clock)
    engine.changes = changes
    // What is written later has a later time, also while nobody watches.
    engine.writer.beforeBatch = () => clock.tick()
    const services: Services = {
      engine,
      users,
      cursors: new CursorStore(),
      sessions: new Sessions(engine, clock),
      clock,
      changes,
      failPoints: options.testCommands ? new FailPoints() : undefined,
      startedAt: Date.now(),
      address: () => server.address,
      connections: () => server.#connections.size,
      commandNames: () => Object.keys(commands),
    }
    const server = new MongoServer(services, new TtlSweeper(engine, options.ttlIntervalMs ?? 60_000))
    return server
  }

  /** `host:port` */
  get address(): string {
    return this.#address
  }

  async #listen(host: string, port: number): Promise<void> {
    this.#server.listen({ host, port })
    try {
      await once(this.#server, 'listening')
    } catch (error) {
      await this.close()
      const code = error instanceof Error && 'code' in error ? error.code : ''
      const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${String(code)})`
      throw new StartRefused('port', `${host}:${port} ${why}`)
    }
    const bound = this.#server.address()
    this.#address = `${host}:${typeof bound === 'object' ? bound?.port : port}`
  }

  async #listenLocally(path: string): Promise<void> {
    rmSync(path, { force: true }) // left by one that was killed
    this.#local.listen(path)
    await once(this.#local, 'listening')
  }

  #accept(socket: Socket): void {
    const client = new Client(this.#services)
    const connection = new WireConnection(socket, client)
    this.#connections.add(connection)
    client.onClose(() => this.#connections.delete(connection))
  }

  /** Lets running commands finish, for at most `graceMs`, then closes everything. */
  async close(graceMs = 5000): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#local.close()
    for (const connection of this.#connections) connection.drain()
    const timer = setTimeout(() => {
      for (const connection of this.#connections) connection.destroy()
    }, graceMs)
    if (this.#server.listening || this.#connections.size > 0) await closed
    clearTimeout(timer)
    await this.#ttl.close()
    await this.#services.cursors.close()
    this.#services.sessions.close()
    this.#services.engine.close()
  }
}

function engineOptions({ dataDir, synchronous }: ServerOptions): EngineOptions {
  return synchronous ? { dataDir, synchronous } : { dataDir }
}

function refusing<T>(dataDir: string, open: () => T): T {
  try {
    return open()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new StartRefused('dataDir', `${dataDir} cannot be used: ${why}`)
  }
}

async function ensureRoot(users: Users, { rootUser, rootPassword }: ServerOptions): Promise<void> {
  const change = { password: rootPassword, roles: [{ role: 'root', db: 'admin' }] }
  if (users.find('admin', rootUser)) await users.update('admin', rootUser, change)
  else await users.create('admin', rootUser, change)
}
