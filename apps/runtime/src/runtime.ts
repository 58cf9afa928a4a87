import { mkdirSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import type { CloudSocket } from '@lathe/cloud'
import { provideHost } from '@lathe/cloud/host'
import type { RuntimeEnv } from '@lathe/shared'
import { AppEnv } from './app-env.ts'
import { CURRENT_GLOBAL, type ToMain } from './bridge/protocol.ts'
import { CalledNote, SHARED_CELLS, sharedCells } from './bridge/shared-state.ts'
import { makeCloudHost } from './cloud-host.ts'
import { collectOnceIdle } from './collect.ts'
import { closeDoors } from './guard/doors.ts'
import { fixGlobals } from './guard/globals.ts'
import { Intrinsics } from './guard/intrinsics.ts'
import { keepListeners, lockDown } from './guard/lockdown.ts'
import type { Exchange } from './http/exchange.ts'
import { FrameServer } from './http/frames/frame-server.ts'
import { requestHandler } from './http/handle.ts'
import { listen, makeServer } from './http/server.ts'
import { webSockets } from './http/websocket.ts'
import { runInit } from './init.ts'
import { LiveSet } from './live-set.ts'
import { Externals } from './loader/externals.ts'
import { Loader } from './loader/loader.ts'
import { captureConsole } from './observe/console.ts'
import { currentOf } from './observe/current.ts'
import { startPulse } from './observe/pulse.ts'
import { Reporter } from './observe/reporter.ts'
import { captureStrays, describeThrown, listenToStrays, stackText } from './observe/strays.ts'
import type { StartedKeeper } from './start-keeper.ts'

/** In-flight requests get this long after a SIGTERM that names no time of its own. */
const TERM_GRACE_MS = 10_000

/** Starts everything of one runtime process. Resolves when it listens; requests wait until functions are loaded. */
export async function startRuntime(
  env: RuntimeEnv,
  { thread, port, shared }: StartedKeeper,
  exit: (code: number) => never,
): Promise<void> {
  const appDir = env.LATHE_APP_DIR
  const uploadDir = `${appDir}/tmp/uploads`
  rmSync(uploadDir, { recursive: true, force: true })
  mkdirSync(uploadDir, { recursive: true })
  // A process that was started ahead stands where the app's folder was not yet.
  process.chdir(appDir)

  const cells = sharedCells(shared)
  const called = new CalledNote(shared)
  thread.on('error', (error) => {
    // Without its keeper a runtime is deaf: better that the supervisor starts another.
    writeSync(2, `The keeper thread failed: ${error instanceof Error ? error.stack : error}\n`)
    exit(1)
  })
  const isDebugged = env.LATHE_SIDE === 'debug'
  const reporter = new Reporter(port, isDebugged)
  const intrinsics = new Intrinsics()
  const appEnv = new AppEnv(`${appDir}/tmp`)
  const functions = new LiveSet()
  const sockets = new Set<CloudSocket>()
  const tests =
    env.LATHE_SIDE === 'test' ? new (await import('./tests/test-side.ts')).TestSide(env.LATHE_APPID) : null
  const { host, tokens } = makeCloudHost({
    appid: env.LATHE_APPID,
    mongoUrl: env.LATHE_APP_MONGODB_URL,
    env: appEnv.variables,
    sockets,
    live: () => functions.live,
  })
  if (tests) host.request = tests.request
  provideHost(host)
  const externals = new Externals(env.LATHE_PACKAGES_DIR ?? appDir, `${appDir}/functions`, {
    cloud: new URL('./cloud.js', import.meta.url).href,
    fallback: new Map([
      ['mongodb', new URL('./mongodb.js', import.meta.url).href],
      ...(tests?.modules ?? []),
    ]),
  })
  functions.start(
    new Loader({ appDir, externals, live: () => functions.live, unhurried: isDebugged }),
    (next, previous) => runInit(next, previous, reporter),
  )

  const inFlight = new Map<number, Exchange>()
  let calling: Exchange | null = null
  const handle = requestHandler({
    functions,
    uploadDir,
    userOf: (authorization) => tokens.ofHeader(authorization),
    began: (exchange) => {
      inFlight.set(exchange.id, exchange)
      cells[SHARED_CELLS.inFlight]!++
      cells[SHARED_CELLS.begun]!++
    },
    host: {
      calling(exchange) {
        calling = exchange
        if (exchange) called.write(exchange.requestId, exchange.functionName)
        cells[SHARED_CELLS.limitMs] = exchange ? exchange.timeoutMs : 0
      },
      pausedMs: () => Atomics.load(cells, SHARED_CELLS.pausedMs),
      finished(exchange, status) {
        inFlight.delete(exchange.id)
        cells[SHARED_CELLS.inFlight]!--
        reporter.finished(exchange, status)
      },
      failed(thrown, when) {
        intrinsics.restore()
        const text = describeThrown(thrown)
        reporter.line('error', when ? `Thrown ${when}: ${text}` : text, stackText(thrown))
      },
    },
  })
  const frames = new FrameServer(handle)
  const visitorSockets = webSockets({
    functions,
    sockets,
    counted(open) {
      cells[SHARED_CELLS.sockets] = open
      cells[SHARED_CELLS.begun]!++
    },
    failed: (thrown) => reporter.line('error', describeThrown(thrown), stackText(thrown)),
  })
  const server = makeServer(handle, (req, socket, head) => {
    if (frames.isFor(req)) frames.accept(socket, head)
    else visitorSockets.accept(req, socket, head)
  })
  let draining = false
  const drain = (graceMs: number) => {
    if (draining) return
    draining = true
    const stop = () => {
      reporter.finish()
      // Whether or not the keeper can still ship what it has: the process is asked to end.
      setTimeout(() => exit(0), 2_000).unref()
    }
    const timer = setTimeout(() => {
      server.closeAllConnections()
      stop()
    }, graceMs)
    server.close(() => {
      clearTimeout(timer)
      stop()
    })
    // Kept-alive connections become idle one by one, and nobody else is going to close them.
    setInterval(() => server.closeIdleConnections(), 20).unref()
    server.closeIdleConnections()
    frames.leave()
    visitorSockets.close()
  }

  const watching = Promise.withResolvers<void>()
  port.on('message', (message: ToMain) => void obey(message))
  async function obey(message: ToMain): Promise<void> {
    switch (message.type) {
      case 'sync': {
        appEnv.replace(message.env)
        return reporter.send({ type: 'synced', ...(await functions.sync(message.functions)) })
      }
      case 'prepare': {
        const { publishId } = message
        const errors = await functions.prepare(publishId, message.set, message.removed)
        return reporter.send({ type: 'prepared', publishId, errors })
      }
      case 'commit':
        if (await functions.commit(message.publishId)) {
          reporter.send({ type: 'live', publishId: message.publishId })
        }
        return
      case 'abort':
        return functions.abort(message.publishId)
      case 'env':
        appEnv.replace(message.env)
        if (message.envId !== undefined) reporter.send({ type: 'env-applied', envId: message.envId })
        return
      case 'run': {
        const errors = await functions.run(message.runId, message.runToken, message.overlay, message.trigger)
        return reporter.send({ type: 'run-ready', runId: message.runId, errors })
      }
      case 'run-end':
        return functions.endRun(message.runId)
      case 'test':
        return tests?.run(functions, reporter, message)
      case 'drain':
        return drain(message.graceMs)
      case 'stopped':
        // Whatever handler had been called was unwound without coming back.
        cells[SHARED_CELLS.limitMs] = 0
        if (message.exchangeId !== null) inFlight.get(message.exchangeId)?.stopped(message.place)
        else calling?.stopped(message.place)
        calling = null
        frames.recover()
        return
      case 'watching':
        return watching.resolve()
      case 'flushed':
        if (draining) exit(0)
    }
  }

  const globals = globalThis as Record<string, unknown>
  globals[CURRENT_GLOBAL] = currentOf(inFlight)
  reporter.send({ type: 'watch' })
  await watching.promise
  delete globals[CURRENT_GLOBAL]
  // Node's test runner listens to what nobody catches, and says which test it belongs to.
  if (tests) listenToStrays(reporter)
  else captureStrays(reporter, () => intrinsics.restore())
  forgetCompilations()
  lockDown()
  keepListeners({ SIGTERM: () => drain(TERM_GRACE_MS), SIGINT: () => drain(TERM_GRACE_MS) })
  const upstream = await listen(server, env.LATHE_LISTEN)
  if (tests) tests.upstream = upstream
  if (upstream.kind === 'unix') dropListening(upstream.path, appDir)
  closeDoors([...(upstream.kind === 'unix' ? [upstream.path] : []), ...socketsOf(env.LATHE_APP_MONGODB_URL)])
  writeSync(1, `${JSON.stringify({ listening: upstream })}\n`)
  captureConsole(reporter)
  // Tests may put clocks and globals of their own in place: nobody else is in their process.
  if (!tests) fixGlobals((name, value) => intrinsics.add(name, value))
  reporter.send({ type: 'listening', upstream })
  startPulse(cells)
  if (!env.LATHE_SIDE) collectOnceIdle(cells)
  if (!tests) {
    let begun = -1
    let graph = functions.live
    intrinsics.watch(
      () => {
        const before = { begun, graph }
        begun = cells[SHARED_CELLS.begun]!
        graph = functions.live
        const underWay = cells[SHARED_CELLS.inFlight]! + cells[SHARED_CELLS.sockets]!
        return underWay > 0 || begun !== before.begun || graph !== before.graph
      },
      (names) =>
        reporter.line('warn', `Put back what all functions share and one had replaced: ${names}`, null),
      (name) => {
        writeSync(2, `A function has made ${name} its own for good: another process takes over\n`)
        exit(1)
      },
    )
  }
}

/**
 * Functions are vm.SourceTextModules, which the collector frees when they are superseded; V8's compilation cache would
 * keep every one of them (measured in README.md). Not an argument of `node`: V8 takes the compiled code that Node brings
 * along for its own modules only with the flags it was made with, and compiling them anew doubles the time of a start.
 */
function forgetCompilations(): void {
  setFlagsFromString('--no-compilation-cache')
}

/** What may be written is the socket or its folder (`runtimeArgs`): from now on neither. */
function dropListening(socketPath: string, appDir: string): void {
  const folder = dirname(socketPath)
  process.permission?.drop?.('fs.write', socketPath)
  if (folder !== appDir) process.permission?.drop?.('fs.write', folder)
}

/** The Unix sockets that a connection string names. */
function socketsOf(mongoUrl: string): string[] {
  const hosts = /@([^/?]+)/.exec(mongoUrl)?.[1] ?? ''
  return hosts.split(',').flatMap((host) => (/^%2f/i.test(host) ? [decodeURIComponent(host)] : []))
}
