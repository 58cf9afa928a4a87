import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { type GatewayConfig, SettingError } from './config/env.ts'
import { ConsoleFiles } from './console/console-files.ts'
import { ControlChannel } from './control/control-channel.ts'
import { accessLog } from './front/access-log.ts'
import { ClientConnection } from './front/client-connection.ts'
import type { FrontContext } from './front/context.ts'
import { TrustedProxies } from './front/trusted-proxies.ts'
import { problems } from './http/errors.ts'
import type { GatewayLog } from './logger.ts'
import { ApiBackend } from './routes/api-backend.ts'
import { Hosts } from './routes/hosts.ts'
import { RouteTable } from './routes/route-table.ts'
import { RoutesFile } from './routes/routes-file.ts'

export interface Gateway extends AsyncDisposable {
  /** `127.0.0.1:8000` */
  readonly address: string
}

/**
 * Starts the door: restores the last known routes, listens, and keeps in touch with the api. Disposing drains it.
 * @throws SettingError when it cannot listen where the settings say
 */
export async function startGateway({ env, limits }: GatewayConfig, gatewayLog: GatewayLog): Promise<Gateway> {
  const { log } = gatewayLog
  const routesFile = new RoutesFile(env.LATHE_ROUTES_FILE, log)
  const routes = new RouteTable(limits, {
    upstreamDown: (appid, instanceId) => control.send({ type: 'upstream-down', appid, instanceId }),
    wake: (appid) => control.send({ type: 'wake', appid }),
  })
  routes.restore(await routesFile.load())
  routes.onChange = () => routesFile.save(() => routes.all())

  const context: FrontContext = {
    limits,
    hosts: new Hosts(env.LATHE_CONSOLE_HOST, env.LATHE_APPS_DOMAIN),
    routes,
    proxies: new TrustedProxies(env.LATHE_TRUSTED_PROXIES),
    api: new ApiBackend(env.LATHE_API_SOCKET, {
      maxHoldMs: limits.retryHoldMs,
      idleMs: limits.upstreamIdleMs,
    }),
    files: new ConsoleFiles(env.LATHE_CONSOLE_DIST, env.LATHE_APPS_DOMAIN, env.LATHE_CONSOLE_TLS),
    accessLog: accessLog(gatewayLog, () => context.now),
    hostNotFound: problems.hostNotFound(env.LATHE_CONSOLE_HOST),
    now: Date.now(),
    draining: false,
    inFlight: 0,
    nextRequestId: requestIds(),
  }
  const connections = new Set<ClientConnection>()
  const server = createServer(
    { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
    (socket) => {
      const connection = new ClientConnection(context, socket)
      connections.add(connection)
      socket.once('close', () => connections.delete(connection))
    },
  )
  server.maxConnections = limits.connections
  await listen(server, env.LATHE_HOST, env.LATHE_PORT)
  // A connection that could not be accepted, for want of file descriptors for instance: the door stays open.
  server.on('error', (error) => log.error({ err: error }, 'accepting a connection failed'))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : env.LATHE_PORT

  const control = new ControlChannel({
    socketPath: env.LATHE_CONTROL_SOCKET,
    token: env.LATHE_GATEWAY_TOKEN,
    log,
    onMessage(message) {
      if (message.type !== 'timed-out') return routes.apply(message)
      const { appid, requestId, functionName } = message
      // Looked for only now: it is rare, and a register of all requests would cost each of them.
      for (const connection of connections) connection.timedOut(appid, requestId, functionName)
    },
    inFlight: () => context.inFlight,
  })
  const sweep = setInterval(() => {
    context.now = Date.now()
    for (const connection of connections) connection.check(context.now)
    routes.sweep(context.now)
    context.api.pool.sweep(context.now)
  }, limits.sweepMs)

  return {
    address: `${env.LATHE_HOST.includes(':') ? `[${env.LATHE_HOST}]` : env.LATHE_HOST}:${port}`,
    async [Symbol.asyncDispose]() {
      await drain(server, context, connections)
      clearInterval(sweep)
      routes.close()
      context.api.pool.retire()
      control.close()
      await routesFile.flush()
    },
  }
}

/** Takes no more connections, ends idle ones, waits for requests in flight at most `drainMs`. */
async function drain(
  server: Server,
  context: FrontContext,
  connections: Set<ClientConnection>,
): Promise<void> {
  context.draining = true
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const connection of connections) connection.shutdown()
  const late = setTimeout(() => {
    for (const connection of connections) connection.socket.destroy()
  }, context.limits.drainMs)
  await closed
  clearTimeout(late)
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)))
    server.listen({ host, port, backlog: 1024 }, resolve)
  })
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new SettingError(
        'LATHE_PORT',
        `port ${port} of ${host} is taken: stop what uses it, or set another port`,
      )
    case 'EACCES':
      return new SettingError('LATHE_PORT', `this user may not listen on port ${port}: set one above 1023`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new SettingError('LATHE_HOST', `${host} is no address of this machine: try 127.0.0.1 or 0.0.0.0`)
    default:
      return error
  }
}

/** Ids that are unique among gateways and restarts: random per process, then counted. */
function requestIds(): () => string {
  const prefix = randomBytes(6).toString('hex')
  let count = 0
  return () => `${prefix}-${(++count).toString(36)}`
}
