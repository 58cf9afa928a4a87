import {
  type FunctionUnit,
  type Invocation,
  type LogLine,
  limits,
  type RuntimeDown,
  type Upstream,
} from '@lathe/shared'
import {
  type CodeUnit,
  CURRENT_GLOBAL,
  type Current,
  type KeeperData,
  type RawInvocation,
  type RawLine,
  type ToKeeper,
  type ToMain,
} from '../bridge/protocol.ts'
import { SHARED_CELLS } from '../bridge/shared-state.ts'
import { Channel } from './channel.ts'
import { CountsBox } from './counts-box.ts'
import { Outbox } from './outbox.ts'
import { SnapshotFile } from './snapshot.ts'
import { SourceMaps } from './source-maps.ts'
import { type Stopped, Watchdog } from './watchdog.ts'

const LINES = 5_000
const INVOCATIONS = 10_000
const BATCH = 1_000

/** How long the api may take to send the first `sync` before the runtime begins with its snapshot. */
const PATIENCE_MS = 3_000

/** The second thread: it speaks with the api, and goes on doing so while the app's code keeps the first one busy. */
export class Keeper {
  readonly #data: KeeperData
  readonly #cells: Int32Array
  readonly #channel: Channel
  readonly #maps = new SourceMaps()
  readonly #snapshot: SnapshotFile
  readonly #lines = new Outbox<LogLine>(LINES)
  readonly #watchdog: Watchdog
  #ending = false
  readonly #counts = new CountsBox()
  readonly #invocations = new Outbox<Invocation>(INVOCATIONS)
  /** What main has been told to hold; null before the first `sync`. */
  #functions: Map<string, FunctionUnit> | null = null
  #env: Record<string, string> = {}
  readonly #prepared = new Map<string, { set: FunctionUnit[]; removed: string[] }>()
  #upstream: Upstream | null = null
  /** The `sync` that main is working on came from the api, which waits for `ready`. */
  #syncs: ('api' | 'snapshot')[] = []
  #seq = 0

  constructor(data: KeeperData) {
    this.#data = data
    this.#cells = new Int32Array(data.shared)
    this.#snapshot = new SnapshotFile(data.appDir)
    this.#watchdog = new Watchdog({
      cells: this.#cells,
      onStopped: (stopped) => this.#stopped(stopped),
      onLost: (stuckMs) => this.#lost(stuckMs),
      onHeapFull: (usedKb, limitKb, current, place) => this.#heapFull(usedKb, limitKb, current, place),
    })
    this.#channel = new Channel({
      controlSocket: data.controlSocket,
      instanceToken: data.instanceToken,
      onOpen: () => this.#hello(),
      onMessage: (message) => this.#obey(message),
      onClose: () => this.#beginWithSnapshot(),
      onTrouble: (text) => process.stderr.write(`${text}\n`),
    })
  }

  start(): void {
    this.#data.port.on('message', (message: ToKeeper) => this.#hear(message))
    setInterval(() => this.#heartbeat(), limits.heartbeatMs)
    setTimeout(() => this.#beginWithSnapshot(), PATIENCE_MS)
  }

  #tell(message: ToMain): void {
    this.#data.port.postMessage(message)
  }

  #hello(): void {
    this.#channel.send({
      type: 'hello',
      instanceId: this.#data.instanceId,
      appid: this.#data.appid,
      pid: process.pid,
      nodeVersion: process.versions.node,
      upstream: this.#upstream!,
      isolation: this.#data.isolation,
    })
    this.#ship()
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
    this.#env = env
    this.#maps.add(functions)
    this.#maps.setLive(functions)
    this.#syncs.push(from)
    this.#tell({ type: 'sync', functions: functions.map(withoutMap), env })
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
        this.#env = message.env
        this.#tell(message)
        this.#save()
        return
      case 'run': {
        const { runId, runToken, overlay, trigger = 'http' } = message
        this.#maps.add(overlay)
        this.#tell({ type: 'run', runId, runToken, overlay: overlay.map(withoutMap), trigger })
        return
      }
      case 'run-end':
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
          this.#report(name, `${name} could not be loaded: ${stack ?? text}`)
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
      case 'lines':
        this.#lines.push(
          message.lines.map((line) => this.#logLine(line)),
          message.dropped,
        )
        this.#ship()
        return
      case 'invocations':
        this.#invocations.push(message.items.map(invocation), message.dropped)
        this.#ship()
        return
      case 'metrics':
        this.#counts.add(message.counts)
        this.#ship()
        return
      case 'watch':
        void this.#watchdog
          .start(CURRENT_GLOBAL)
          .catch((error) => process.stderr.write(`The watchdog could not start: ${error}\n`))
          .then(() => this.#tell({ type: 'watching' }))
        return
      case 'flush':
        this.#ship()
        void Promise.all([this.#channel.close(), this.#snapshot.flush()]).then(() =>
          this.#tell({ type: 'flushed' }),
        )
    }
  }

  #stopped({ current, place, stuckMs }: Stopped): void {
    const found = place === null ? null : this.#maps.firstPlace(place)
    const where = found ? `${found.file}:${found.line}` : null
    this.#tell({ type: 'stopped', exchangeId: current?.exchangeId ?? null, place: where })
    const line = this.#logLine({
      at: Date.now(),
      level: 'error',
      text: `Stopped${where ? ` in ${where}` : ''}: it had blocked this app's process for ${stuckMs} ms`,
      functionName: current?.functionName ?? null,
      revision: current?.revision ?? null,
      requestId: current?.requestId ?? null,
      runId: current?.runId ?? null,
      callSite: place,
    })
    this.#lines.push([line])
    this.#ship()
  }

  #heapFull(usedKb: number, limitKb: number, current: Current | null, place: string | null): void {
    const running = current?.running.length ? `; running: ${current.running.join(', ')}` : ''
    const share = `${Math.round(usedKb / 1024)} of ${Math.round(limitKb / 1024)} MB`
    this.#lines.push([
      this.#logLine({
        at: Date.now(),
        level: 'error',
        text: `Nearly out of memory (${share}): when it is full the app's process ends${running}`,
        functionName: current?.functionName ?? null,
        revision: current?.revision ?? null,
        requestId: current?.requestId ?? null,
        runId: current?.runId ?? null,
        callSite: place,
      }),
    ])
    this.#ship()
  }

  /** Nothing but another process helps. What has gathered is sent first. */
  #lost(stuckMs: number): void {
    if (this.#ending) return
    this.#ending = true
    this.#lines.push([
      this.#logLine({
        at: Date.now(),
        level: 'error',
        text: `The app's process did not come back after ${stuckMs} ms and is replaced`,
        functionName: null,
        revision: null,
        requestId: null,
        runId: null,
        callSite: null,
      }),
    ])
    this.#ship()
    void Promise.all([this.#channel.close(), this.#snapshot.flush()]).finally(() =>
      process.kill(process.pid, 'SIGKILL'),
    )
  }

  #save(): void {
    this.#snapshot.write({ functions: [...this.#functions!.values()], env: this.#env })
  }

  /** A line that the platform itself has to say about a function. */
  #report(functionName: string, text: string): void {
    this.#lines.push([
      this.#logLine({
        at: Date.now(),
        level: 'error',
        text,
        functionName,
        revision: this.#functions?.get(functionName)?.revision ?? null,
        requestId: null,
        runId: null,
        callSite: null,
      }),
    ])
    this.#ship()
  }

  #logLine({ at, level, text, functionName, revision, requestId, runId, callSite }: RawLine): LogLine {
    return {
      at: new Date(at).toISOString(),
      seq: ++this.#seq,
      level,
      text: this.#maps.text(text),
      functionName,
      revision,
      requestId,
      runId,
      source: callSite === null ? null : this.#maps.firstPlace(callSite),
    }
  }

  /** Sends what has gathered, as far as the channel takes it. */
  #ship(): void {
    if (!this.#counts.empty && this.#channel.ready) {
      this.#channel.send({ type: 'metrics', counts: this.#counts.take() })
    }
    while (!this.#lines.empty && this.#channel.ready) {
      const { items, dropped } = this.#lines.take(BATCH)
      this.#channel.send({ type: 'logs', lines: items, dropped })
    }
    while (!this.#invocations.empty && this.#channel.ready) {
      const { items, dropped } = this.#invocations.take(BATCH)
      this.#channel.send({ type: 'invocations', items, dropped })
    }
  }

  #heartbeat(): void {
    this.#ship()
    const cpu = process.cpuUsage()
    this.#channel.send({
      type: 'heartbeat',
      rssBytes: process.memoryUsage.rss(),
      heapUsedBytes: this.#cells[SHARED_CELLS.heapUsedKb]! * 1024,
      eventLoopDelayMs: Atomics.exchange(this.#cells, SHARED_CELLS.delayMs, 0),
      inFlight: this.#cells[SHARED_CELLS.inFlight]!,
      cpuMs: (cpu.user + cpu.system) / 1000,
      // Superseded modules are collected: see README.md.
      supersededBytes: 0,
    })
  }
}

function withoutMap({ map: _map, ...unit }: FunctionUnit): CodeUnit {
  return unit
}

function invocation(raw: RawInvocation): Invocation {
  const [at, requestId, runId, functionName, revision, method, path, status, durationMs, trigger] = raw
  return {
    at: new Date(at).toISOString(),
    requestId,
    runId,
    functionName,
    revision,
    method,
    path,
    status,
    durationMs: Math.round(durationMs * 1000) / 1000,
    trigger,
  }
}
