import type { MessagePort } from 'node:worker_threads'
import type { FunctionUnit, RuntimeDown, RuntimeEnv, Upstream } from '@lathe/shared'
import { limits } from '@lathe/shared/limits'
import {
  type CodeUnit,
  CURRENT_GLOBAL,
  type Current,
  type ToKeeper,
  type ToMain,
} from '../bridge/protocol.ts'
import { CalledNote, SHARED_CELLS, sharedCells } from '../bridge/shared-state.ts'
import { collectOnceIdle } from '../collect.ts'
import { Channel } from './channel.ts'
import { Debugger } from './debugger/debugger.ts'
import { type About, Shipping } from './shipping.ts'
import { SnapshotFile } from './snapshot.ts'
import { SourceMaps } from './source-maps.ts'
import { type HeapFull, type Stopped, Watchdog } from './watchdog.ts'

/** How long a process that has to end waits for the api to know of the request that is to blame. */
const LAST_WORD_MS = 500
/** How long the api may take to send the first `sync` before the runtime begins with its snapshot. */
const PATIENCE_MS = 3_000

/** The second thread: it speaks with the api, and goes on doing so while the app's code keeps the first one busy. */
export class Keeper {
  readonly #env: RuntimeEnv
  readonly #port: MessagePort
  readonly #cells: Int32Array
  readonly #called: CalledNote
  readonly #channel: Channel
  readonly #maps = new SourceMaps()
  readonly #snapshot: SnapshotFile
  readonly #shipping: Shipping
  readonly #watchdog: Watchdog
  /** Only in a debug runtime, which no visitor waits for: whoever looks at it takes the time that it takes. */
  readonly #debugger: Debugger | null
  #ending = false
  #activeAt = performance.now()
  #begun = 0
  /** What main has been told to hold; null before the first `sync`. */
  #functions: Map<string, FunctionUnit> | null = null
  #variables: Record<string, string> = {}
  readonly #prepared = new Map<string, { set: FunctionUnit[]; removed: string[] }>()
  #upstream: Upstream | null = null
  /** The `sync` that main is working on came from the api, which waits for `ready`. */
  #syncs: ('api' | 'snapshot')[] = []

  constructor(env: RuntimeEnv, port: MessagePort, shared: SharedArrayBuffer) {
    this.#env = env
    this.#port = port
    this.#cells = sharedCells(shared)
    this.#called = new CalledNote(shared)
    this.#snapshot = new SnapshotFile(env.LATHE_APP_DIR)
    this.#watchdog = new Watchdog({
      cells: this.#cells,
      onStopped: (stopped) => this.#stopped(stopped),
      onLost: (stuckMs) => this.#lost(stuckMs),
      onHeapFull: (full) => this.#heapFull(full),
    })
    this.#debugger =
      env.LATHE_SIDE === 'debug'
        ? new Debugger({
            maps: this.#maps,
            cells: this.#cells,
            send: (message) => this.#channel.send({ type: 'debug', message }),
          })
        : null
    this.#channel = new Channel({
      controlSocket: env.LATHE_CONTROL_SOCKET,
      instanceToken: env.LATHE_INSTANCE_TOKEN,
      onOpen: () => this.#hello(),
      onMessage: (message) => this.#obey(message),
      onClose: () => this.#beginWithSnapshot(),
      onTrouble: (text) => process.stderr.write(`${text}\n`),
    })
    this.#shipping = new Shipping(this.#channel, this.#maps)
  }

  start(): void {
    this.#port.on('message', (message: ToKeeper) => this.#hear(message))
    setInterval(() => this.#heartbeat(), limits.heartbeatMs)
    setTimeout(() => this.#beginWithSnapshot(), PATIENCE_MS)
    if (!this.#env.LATHE_SIDE) collectOnceIdle(this.#cells)
  }

  #tell(message: ToMain): void {
    this.#port.postMessage(message)
  }

  #hello(): void {
    this.#channel.send({
      type: 'hello',
      instanceId: this.#env.LATHE_INSTANCE_ID,
      appid: this.#env.LATHE_APPID,
      pid: process.pid,
      nodeVersion: process.versions.node,
      upstream: this.#upstream!,
      isolation: this.#env.LATHE_ISOLATION.split(',').filter(Boolean),
    })
    this.#shipping.ship()
  }

  /** The api is away: what was live last is better than nothing. */
  #beginWithSnapshot(): void {
    if (this.#functions) return
    const snapshot = this.#snapshot.read()
    if (!snapshot) return
    this.#sync(snapshot.functions, snapshot.env, 'snapshot')
  }

  #sync(functions: FunctionUnit[], env: Record<string, string>, from: 'api' | 'snapshot'): void {
    this.#functions = new Map(functions.map((unit) => [unit.name, unit]))
    this.#variables = env
    this.#maps.add(functions)
    this.#maps.setLive(functions)
    this.#syncs.push(from)
    this.#load(functions, { type: 'sync', functions: functions.map(withoutMap), env })
  }

  /** Has main load functions; breakpoints stand before it does. */
  #load(units: readonly FunctionUnit[], message: ToMain): void {
    if (!this.#debugger) {
      this.#tell(message)
      return
    }
    void this.#debugger
      .loading(units)
      .catch((error) => process.stderr.write(`Breakpoints could not be set: ${error}\n`))
      .then(() => this.#tell(message))
  }

  #obey(message: RuntimeDown): void {
    switch (message.type) {
      case 'sync':
        this.#prepared.clear()
        this.#sync(message.functions, message.env, 'api')
        this.#save()
        return
      case 'prepare': {
        const { publishId, set, removed } = message
        this.#prepared.set(publishId, { set, removed })
        this.#maps.add(set)
        this.#tell({ type: 'prepare', publishId, set: set.map(withoutMap), removed })
        return
      }
      case 'commit':
        this.#tell(message)
        return
      case 'abort':
        this.#prepared.delete(message.publishId)
        this.#tell(message)
        return
      case 'env':
        this.#variables = message.env
        this.#tell(message)
        this.#save()
        return
      case 'run': {
        const { runId, runToken, overlay, trigger = 'http' } = message
        this.#maps.add(overlay)
        this.#load(overlay, { type: 'run', runId, runToken, overlay: overlay.map(withoutMap), trigger })
        return
      }
      case 'test': {
        const { runId, runToken, files, names } = message
        this.#maps.add(files)
        this.#tell({ type: 'test', runId, runToken, files: files.map(withoutMap), names })
        return
      }
      case 'debug':
        void this.#debugger?.handle(message.id, message.command)
        return
      case 'stuck-known':
        this.#die()
        return
      case 'run-end':
        this.#watchdog.ended(message.runId)
        this.#tell(message)
        return
      case 'drain':
        this.#tell(message)
        return
    }
  }

  #hear(message: ToKeeper): void {
    switch (message.type) {
      case 'listening':
        this.#upstream = message.upstream
        this.#channel.connect()
        return
      case 'synced': {
        const errors = message.errors.map((error) => this.#maps.loadError(error))
        for (const { name, message: text, stack } of errors) {
          const revision = this.#functions?.get(name)?.revision ?? null
          this.#shipping.report(`${name} could not be loaded: ${stack ?? text}`, {
            functionName: name,
            revision,
          })
        }
        if (this.#syncs.shift() === 'api') {
          this.#channel.send({ type: 'ready', revisions: message.revisions, errors })
        }
        return
      }
      case 'prepared': {
        const errors = message.errors.map((error) => this.#maps.loadError(error))
        this.#channel.send({ type: 'prepared', publishId: message.publishId, errors })
        return
      }
      case 'live': {
        const prepared = this.#prepared.get(message.publishId)
        this.#prepared.delete(message.publishId)
        if (prepared && this.#functions) {
          for (const name of prepared.removed) this.#functions.delete(name)
          for (const unit of prepared.set) this.#functions.set(unit.name, unit)
          this.#maps.setLive(this.#functions.values())
        }
        this.#channel.send({ type: 'live', publishId: message.publishId })
        this.#save()
        return
      }
      case 'env-applied':
        this.#channel.send(message)
        return
      case 'run-ready': {
        const errors = message.errors.map((error) => this.#maps.loadError(error))
        this.#channel.send({ type: 'run-ready', runId: message.runId, errors })
        return
      }
      case 'test-reports': {
        const reports = message.reports.map((report) => this.#maps.testReport(report))
        this.#channel.send({ type: 'test-reports', runId: message.runId, reports })
        return
      }
      case 'test-done': {
        const errors = message.errors.map((error) => this.#maps.loadError(error))
        this.#channel.send({ ...message, errors })
        return
      }
      case 'lines':
        this.#shipping.lines(message.lines, message.dropped)
        return
      case 'invocations':
        this.#shipping.invocations(message.items, message.dropped)
        return
      case 'metrics':
        this.#shipping.counts(message.counts)
        return
      case 'watch':
        void (this.#debugger?.start() ?? this.#watchdog.start(CURRENT_GLOBAL))
          .catch((error) => process.stderr.write(`The main thread cannot be looked at: ${error}\n`))
          .then(() => this.#tell({ type: 'watching' }))
        return
      case 'flush':
        this.#shipping.ship()
        void Promise.all([this.#channel.close(), this.#snapshot.flush()]).then(() => {
          this.#debugger?.stop()
          this.#watchdog.stop()
          this.#tell({ type: 'flushed' })
        })
    }
  }

  #stopped({ current, place, stuckMs }: Stopped): void {
    const found = place === null ? null : this.#maps.firstPlace(place)
    const where = found ? `${found.file}:${found.line}` : null
    this.#tell({ type: 'stopped', exchangeId: current?.exchangeId ?? null, place: where })
    this.#shipping.report(
      `Stopped${where ? ` in ${where}` : ''}: it had blocked this app's process for ${stuckMs} ms`,
      about(current, place),
    )
  }

  #heapFull({ usedKb, limitKb, current, place }: HeapFull): void {
    // The collector may leave main no time to say what it works on; what was called last is known without it.
    const called = current === null ? this.#called.read() : null
    const names = current?.running ?? (called ? [called.functionName] : [])
    const running = names.length > 0 ? `; running: ${names.join(', ')}` : ''
    const share = `${Math.round(usedKb / 1024)} of ${Math.round(limitKb / 1024)} MB`
    this.#shipping.report(
      `Nearly out of memory (${share}): when it is full the app's process ends${running}`,
      { ...about(current, place), ...called },
    )
  }

  /** Nothing but another process helps. What has gathered is sent first. */
  #lost(stuckMs: number): void {
    if (this.#ending) return
    this.#ending = true
    const guilty = this.#called.read()
    this.#shipping.report(
      `The app's process did not come back after ${stuckMs} ms and is replaced`,
      guilty ?? {},
    )
    // Whoever waits for the guilty request is told before the connection breaks, which is all that gateways see of it.
    if (guilty && this.#channel.send({ type: 'stuck', ...guilty })) {
      setTimeout(() => this.#die(), LAST_WORD_MS)
    } else this.#die()
  }

  #die(): void {
    void Promise.all([this.#channel.close(), this.#snapshot.flush()]).finally(() =>
      process.kill(process.pid, 'SIGKILL'),
    )
  }

  #save(): void {
    this.#snapshot.write({ functions: [...this.#functions!.values()], env: this.#variables })
  }

  #heartbeat(): void {
    this.#shipping.ship()
    const cpu = process.cpuUsage()
    this.#channel.send({
      type: 'heartbeat',
      rssBytes: process.memoryUsage.rss(),
      heapUsedBytes: this.#cells[SHARED_CELLS.heapUsedKb]! * 1024,
      eventLoopDelayMs: Atomics.exchange(this.#cells, SHARED_CELLS.delayMs, 0),
      inFlight: this.#cells[SHARED_CELLS.inFlight]!,
      idleMs: this.#idleMs(),
      cpuMs: (cpu.user + cpu.system) / 1000,
      // Superseded modules are collected: see README.md.
      supersededBytes: 0,
    })
  }

  /** Since the last heartbeat that saw something going on. */
  #idleMs(): number {
    const now = performance.now()
    const begun = this.#cells[SHARED_CELLS.begun]!
    const going = this.#cells[SHARED_CELLS.inFlight]! + this.#cells[SHARED_CELLS.sockets]!
    if (going > 0 || begun !== this.#begun) this.#activeAt = now
    this.#begun = begun
    return now - this.#activeAt
  }
}

function withoutMap({ map: _map, ...unit }: FunctionUnit): CodeUnit {
  return unit
}

function about(current: Current | null, place: string | null): About {
  return {
    functionName: current?.functionName ?? null,
    revision: current?.revision ?? null,
    requestId: current?.requestId ?? null,
    runId: current?.runId ?? null,
    callSite: place,
  }
}
