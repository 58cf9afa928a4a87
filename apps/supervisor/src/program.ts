import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { type ChildReport, childReportSchema } from '@lathe/shared'
import { LogFile } from './log-file.ts'
import { Refusal } from './refusal.ts'
import { hasEnded, stopProcess } from './stop-process.ts'

const FIRST_BACKOFF_MS = 100
const MAX_BACKOFF_MS = 5_000
/** A program that lived this long has recovered: its next crash begins with the first backoff again. */
const STABLE_MS = 10_000
const START_TIMEOUT_MS = 30_000
const STOP_GRACE_MS = 10_000

export interface ProgramOptions {
  name: string
  entry: string
  /** The complete environment, asked for at every start. */
  env: () => Record<string, string>
  logFile: string
}

interface ProgramEvents {
  serving: [address: string]
  report: [ChildReport]
  /** A message that is no report: the api's requests to the runtime driver. */
  message: [unknown]
  crashed: [{ code: number | null; signal: string | null; retryInMs: number }]
}

/**
 * One of Lathe's own programs (database, api, gateway): started, watched, started again with backoff when it ends
 * unasked, stopped by the kill ladder. States: stopped -> starting -> serving -> (crashed -> starting)* -> stopped.
 */
export class Program extends EventEmitter<ProgramEvents> {
  readonly name: string
  state: 'stopped' | 'starting' | 'serving' | 'crashed' = 'stopped'
  #options: ProgramOptions
  #log: LogFile
  #child: ChildProcess | null = null
  #backoff = FIRST_BACKOFF_MS
  #retry: NodeJS.Timeout | null = null
  #wanted = false

  constructor(options: ProgramOptions) {
    super()
    this.name = options.name
    this.#options = options
    this.#log = new LogFile(options.logFile)
  }

  get pid(): number | null {
    return this.#child && !hasEnded(this.#child) ? (this.#child.pid ?? null) : null
  }

  /**
   * Starts the program and waits until it serves.
   * @returns the address it reports
   * @throws Refusal when it says what the operator has to change; Error when it ends or stays silent
   */
  async start(): Promise<string> {
    this.#wanted = true
    const child = this.#spawn()
    const aborted = new AbortController()
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS)
    try {
      return await Promise.race([
        once(this, 'serving', { signal: aborted.signal }).then(([address]) => address as string),
        this.#refused(aborted.signal),
        this.#endedEarly(child, aborted.signal),
        once(timeout, 'abort', { signal: aborted.signal }).then(() => {
          throw new Error(
            `${this.name} did not start within ${START_TIMEOUT_MS / 1000} s. Its log: ${this.#log.path}`,
          )
        }),
      ])
    } catch (error) {
      await this.stop()
      throw error
    } finally {
      aborted.abort()
    }
  }

  send(message: object): void {
    const child = this.#child
    if (child?.connected) child.send(message, () => {}) // the channel may close meanwhile; the exit tells
  }

  async stop(): Promise<void> {
    this.#wanted = false
    if (this.#retry) clearTimeout(this.#retry)
    if (this.#child) await stopProcess(this.#child, STOP_GRACE_MS)
    this.state = 'stopped'
  }

  async #refused(signal: AbortSignal): Promise<never> {
    for (;;) {
      const [report] = (await once(this, 'report', { signal })) as [ChildReport]
      if (report.type === 'refused') throw new Refusal(report.setting, report.message)
    }
  }

  async #endedEarly(child: ChildProcess, signal: AbortSignal): Promise<never> {
    await once(child, 'exit', { signal })
    // A refusal was sent before the exit, but may be delivered after it.
    await new Promise((resolve) => setImmediate(resolve))
    throw new Error(`${this.name} ended while it started (${ending(child)}). Its log: ${this.#log.path}`)
  }

  #spawn(): ChildProcess {
    this.state = 'starting'
    const startedAt = Date.now()
    const child = spawn(process.execPath, ['--enable-source-maps', this.#options.entry], {
      env: this.#options.env(),
      // A process group of its own: Ctrl-C reaches the supervisor alone, which then stops all in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stdout!.on('data', (chunk: Buffer) => this.#log.write(chunk))
    child.stderr!.on('data', (chunk: Buffer) => this.#log.write(chunk))
    child.on('message', (message) => this.#received(message))
    child.on('error', (error) => this.#log.write(`${error.message}\n`))
    child.on('exit', () => this.#exited(child, startedAt))
    return child
  }

  #received(message: unknown): void {
    const report = childReportSchema.safeParse(message)
    if (!report.success) {
      this.emit('message', message)
      return
    }
    this.emit('report', report.data)
    if (report.data.type === 'serving') {
      this.state = 'serving'
      this.emit('serving', report.data.address)
    }
  }

  #exited(child: ChildProcess, startedAt: number): void {
    if (!this.#wanted || this.#child !== child) return
    const firstStart = this.state === 'starting' && this.#backoff === FIRST_BACKOFF_MS && !this.#retry
    this.state = 'crashed'
    if (firstStart) return // start() reports it
    if (Date.now() - startedAt > STABLE_MS) this.#backoff = FIRST_BACKOFF_MS
    const retryInMs = this.#backoff
    this.#backoff = Math.min(this.#backoff * 2, MAX_BACKOFF_MS)
    this.emit('crashed', { code: child.exitCode, signal: child.signalCode, retryInMs })
    this.#retry = setTimeout(() => this.#wanted && this.#spawn(), retryInMs)
  }
}

function ending(child: ChildProcess): string {
  return child.signalCode ? `signal ${child.signalCode}` : `code ${child.exitCode}`
}
