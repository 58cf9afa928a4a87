import { randomUUID } from 'node:crypto'
import {
  type DebugCommand,
  type DebugEvent,
  type DebugUp,
  type FunctionUnit,
  type LoadError,
  limits,
  type RuntimeDown,
  type RuntimeUp,
  runtimeUpSchema,
  type TestReport,
} from '@lathe/shared'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { frameReader } from './frames.ts'

/** A runtime that has said nothing for so long, not even a heartbeat, is not there any more. */
const SILENCE_MS = 6 * limits.heartbeatMs

/** The runtime went away, or did not answer in time. */
export class ChannelLost extends Error {}

type Hello = Extract<RuntimeUp, { type: 'hello' }>
export type Heartbeat = Extract<RuntimeUp, { type: 'heartbeat' }>
export type Stuck = Extract<RuntimeUp, { type: 'stuck' }>

export interface ChannelListener {
  hello(channel: RuntimeChannel, hello: Hello): void
  ready(channel: RuntimeChannel): void
  logs(channel: RuntimeChannel, message: Extract<RuntimeUp, { type: 'logs' }>): void
  invocations(channel: RuntimeChannel, message: Extract<RuntimeUp, { type: 'invocations' }>): void
  metrics(channel: RuntimeChannel, message: Extract<RuntimeUp, { type: 'metrics' }>): void
  heartbeat(channel: RuntimeChannel, beat: Heartbeat): void
  /** It ends because of a request; `tellStuckKnown` when whoever waits for that has been told. */
  stuck(channel: RuntimeChannel, message: Stuck): void
  closed(channel: RuntimeChannel): void
}

export type TestDone = Extract<RuntimeUp, { type: 'test-done' }>

export interface TestListener {
  reports(reports: TestReport[]): void
  done(message: TestDone): void
}

type DebugAnswer = { result: unknown } | { error: string }

interface Waiting<T> {
  resolve: (answer: T) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

/** The control channel to one connected runtime instance: commands as calls, answers as their results. */
export class RuntimeChannel {
  readonly appid: string
  readonly instanceId: string
  isolation: string[] = []
  #isReady = false
  /** It finishes what it has, and ends: nothing new concerns it. */
  isDraining = false
  /** Names of live functions that this instance could not load: not the fault of a later publish. */
  readonly broken = new Set<string>()
  #socket: WebSocket
  /** Hears what a debug runtime says by itself. */
  onDebugEvent: ((event: DebugEvent) => void) | null = null
  #waiting = new Map<string, Waiting<LoadError[]>>()
  #debugging = new Map<number, Waiting<DebugAnswer>>()
  #debugCommands = 0
  #listener: ChannelListener
  #testing: { runId: string; listener: TestListener } | null = null
  #silence: NodeJS.Timeout

  constructor(
    identity: { appid: string; instanceId: string },
    socket: WebSocket,
    listener: ChannelListener,
    log: Logger,
  ) {
    this.appid = identity.appid
    this.instanceId = identity.instanceId
    this.#socket = socket
    this.#listener = listener
    this.#silence = setTimeout(() => this.close(), SILENCE_MS)
    socket.on('close', () => this.#closed())
    socket.on('error', (error) => log.warn({ err: error, instanceId: this.instanceId }, 'runtime connection'))
    frameReader(socket, runtimeUpSchema, log, (message) => this.#receive(message))
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Has loaded its functions, and takes requests. */
  get isReady(): boolean {
    return this.#isReady && !this.isDraining
  }

  sync(functions: FunctionUnit[], env: Record<string, string>): void {
    this.#send({ type: 'sync', functions, env })
  }

  /** The same, and resolves when it is applied. Of several at a time only the last is told. */
  async synced(functions: FunctionUnit[], env: Record<string, string>, timeoutMs: number): Promise<void> {
    await this.#ask('ready', { type: 'sync', functions, env }, timeoutMs)
  }

  /** @returns what could not be loaded; empty = it can be committed */
  prepare(
    publishId: string,
    set: FunctionUnit[],
    removed: string[],
    timeoutMs: number,
  ): Promise<LoadError[]> {
    return this.#ask(`prepared:${publishId}`, { type: 'prepare', publishId, set, removed }, timeoutMs)
  }

  async commit(publishId: string, timeoutMs: number): Promise<void> {
    await this.#ask(`live:${publishId}`, { type: 'commit', publishId }, timeoutMs)
  }

  abort(publishId: string): void {
    this.#send({ type: 'abort', publishId })
  }

  /** Resolves when the runtime's code sees these variables. */
  async env(env: Record<string, string>, timeoutMs: number): Promise<void> {
    const envId = randomUUID()
    await this.#ask(`env:${envId}`, { type: 'env', env, envId }, timeoutMs)
  }

  /** @returns what could not be loaded; empty = the run's token is good */
  run(run: Omit<Extract<RuntimeDown, { type: 'run' }>, 'type'>, timeoutMs: number): Promise<LoadError[]> {
    return this.#ask(`run:${run.runId}`, { type: 'run', ...run }, timeoutMs)
  }

  /**
   * Runs files of tests; only in a side runtime that was started for it.
   * @param listener hears of everything that is reported about them
   */
  test(test: Omit<Extract<RuntimeDown, { type: 'test' }>, 'type'>, listener: TestListener): void {
    this.#testing = { runId: test.runId, listener }
    this.#send({ type: 'test', ...test })
  }

  endRun(runId: string): void {
    this.#send({ type: 'run-end', runId })
  }

  /** @returns what a debug runtime answers to a command, or says against it */
  debug(command: DebugCommand, timeoutMs: number): Promise<DebugAnswer> {
    const id = ++this.#debugCommands
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(new ChannelLost('the runtime is not connected'))
      const timer = setTimeout(() => {
        this.#debugging.delete(id)
        reject(new ChannelLost(`the debugger did not answer within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#debugging.set(id, { resolve, reject, timer })
      this.#send({ type: 'debug', id, command })
    })
  }

  drain(graceMs: number): void {
    this.isDraining = true
    this.#send({ type: 'drain', graceMs })
  }

  tellStuckKnown(): void {
    this.#send({ type: 'stuck-known' })
  }

  close(): void {
    this.#socket.terminate()
  }

  #send(message: RuntimeDown): void {
    if (this.isOpen) this.#socket.send(JSON.stringify(message))
  }

  #ask(key: string, message: RuntimeDown, timeoutMs: number): Promise<LoadError[]> {
    if (!this.isOpen) return Promise.reject(new ChannelLost('the runtime is not connected'))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(key)
        reject(new ChannelLost(`the runtime did not answer within ${timeoutMs} ms`))
      }, timeoutMs)
      this.#waiting.set(key, { resolve, reject, timer })
      this.#send(message)
    })
  }

  #answer(key: string, errors: LoadError[]): void {
    const waiting = this.#waiting.get(key)
    if (!waiting) return
    this.#waiting.delete(key)
    clearTimeout(waiting.timer)
    waiting.resolve(errors)
  }

  #debugged(message: DebugUp): void {
    if (message.kind === 'event') {
      this.onDebugEvent?.(message.event)
      return
    }
    const waiting = this.#debugging.get(message.id)
    if (!waiting) return
    this.#debugging.delete(message.id)
    clearTimeout(waiting.timer)
    waiting.resolve(message.kind === 'result' ? { result: message.result } : { error: message.message })
  }

  #closed(): void {
    clearTimeout(this.#silence)
    for (const { reject, timer } of [...this.#waiting.values(), ...this.#debugging.values()]) {
      clearTimeout(timer)
      reject(new ChannelLost('the runtime went away'))
    }
    this.#waiting.clear()
    this.#debugging.clear()
    this.#listener.closed(this)
  }

  #receive(message: RuntimeUp): void {
    this.#silence.refresh()
    switch (message.type) {
      case 'hello':
        this.isolation = message.isolation
        this.#listener.hello(this, message)
        break
      case 'ready':
        this.#isReady = true
        this.broken.clear()
        for (const { name } of message.errors) this.broken.add(name)
        this.#answer('ready', message.errors)
        this.#listener.ready(this)
        break
      case 'prepared':
        this.#answer(`prepared:${message.publishId}`, message.errors)
        break
      case 'live':
        this.#answer(`live:${message.publishId}`, [])
        break
      case 'env-applied':
        this.#answer(`env:${message.envId}`, [])
        break
      case 'run-ready':
        this.#answer(`run:${message.runId}`, message.errors)
        break
      case 'test-reports':
        if (this.#testing?.runId === message.runId) this.#testing.listener.reports(message.reports)
        break
      case 'test-done':
        if (this.#testing?.runId === message.runId) this.#testing.listener.done(message)
        break
      case 'logs':
        this.#listener.logs(this, message)
        break
      case 'invocations':
        this.#listener.invocations(this, message)
        break
      case 'metrics':
        this.#listener.metrics(this, message)
        break
      case 'debug':
        this.#debugged(message.message)
        break
      case 'stuck':
        this.#listener.stuck(this, message)
        break
      case 'heartbeat':
        this.#listener.heartbeat(this, message)
        break
    }
  }
}
