import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type SupervisorEvent, supervisorRequestSchema } from '@lathe/shared'
import type { Isolation } from './isolation.ts'
import { LogFile } from './log-file.ts'
import { environmentBehind, foldersOf, type StartRequest, startProcess } from './runtime-process.ts'
import { hasEnded } from './stop-process.ts'
import type { WarmRuntimes } from './warm-runtimes.ts'

const STDERR_TAIL = 4_096

interface Runtime {
  appid: string
  child: ChildProcess
  stderr: string
}

/**
 * The runtime processes of this machine. The api says which shall run; they are owned here, so that they go on
 * serving while the api restarts. Each holds the other end of a pipe of ours as its standard input: should the
 * supervisor die, the runtimes read its end and go too.
 */
export class Runtimes {
  #runtimes = new Map<string, Runtime>()
  /** Starts under way: a stop and a list that come meanwhile count them in. */
  #starting = new Map<string, Promise<void>>()
  #tell: (event: SupervisorEvent) => void
  #logs: string
  #isolation: Isolation
  #warm: WarmRuntimes
  #stopping = false

  /**
   * @param tell receives events for the api
   * @param logs folder in which each app's process output is kept
   * @param warm processes that were started ahead
   */
  constructor(
    tell: (event: SupervisorEvent) => void,
    logs: string,
    isolation: Isolation,
    warm: WarmRuntimes,
  ) {
    this.#warm = warm
    this.#isolation = isolation
    this.#tell = tell
    this.#logs = logs
  }

  list(): { instanceId: string; appid: string; pid: number }[] {
    return [...this.#runtimes].map(([instanceId, { appid, child }]) => ({
      instanceId,
      appid,
      pid: child.pid!,
    }))
  }

  /** Obeys one message of the api; what is no request is not ours to answer. */
  async handle(message: unknown): Promise<void> {
    const request = supervisorRequestSchema.safeParse(message)
    if (!request.success || this.#stopping) return
    if (request.data.type === 'runtime-list') {
      await Promise.all(this.#starting.values())
      this.#tell({ type: 'runtime-list', runtimes: this.list() })
    } else if (request.data.type === 'runtime-start') await this.#startOnce(request.data)
    else await this.#stop(request.data.instanceId, request.data.graceMs)
  }

  async stopAll(graceMs: number): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#runtimes.values()].map(({ child }) => stopRuntime(child, graceMs)))
  }

  async #startOnce(request: StartRequest): Promise<void> {
    const { instanceId } = request
    if (this.#runtimes.has(instanceId) || this.#starting.has(instanceId)) return
    const starting = this.#start(request)
    this.#starting.set(instanceId, starting)
    await starting.finally(() => this.#starting.delete(instanceId))
  }

  async #start(request: StartRequest): Promise<void> {
    const { instanceId, appid } = request
    const folders = foldersOf(request)
    if (!folders) return this.#failed(instanceId, 'the request is not complete')
    try {
      await mkdir(folders.run, { recursive: true, mode: 0o700 })
      await mkdir(folders.app, { recursive: true, mode: 0o700 })
    } catch (error) {
      return this.#failed(instanceId, String(error))
    }
    const warm = await this.#warm.take(request, folders)
    if (this.#stopping) {
      warm?.kill('SIGKILL')
      return
    }
    const child = warm ?? startProcess(this.#isolation, request, folders)
    this.#watch(instanceId, { appid, child, stderr: '' })
    if (warm) warm.stdin!.write(`${JSON.stringify(environmentBehind(this.#isolation, request))}\n`)
    if (child.pid !== undefined) this.#tell({ type: 'runtime-started', instanceId, pid: child.pid })
  }

  #watch(instanceId: string, runtime: Runtime): void {
    const { child, appid } = runtime
    const log = new LogFile(join(this.#logs, `runtime-${appid}.log`))
    this.#runtimes.set(instanceId, runtime)
    child.stdin!.on('error', () => {}) // the runtime may close its end; its exit is what counts
    child.stdout!.on('data', (chunk: Buffer) => log.write(chunk))
    child.stderr!.on('data', (chunk: Buffer) => {
      log.write(chunk)
      runtime.stderr = (runtime.stderr + chunk.toString()).slice(-STDERR_TAIL)
    })
    child.on('error', (error) => {
      runtime.stderr += error.message
    })
    // `close` comes after the last output was read, so the tail of stderr is whole.
    child.on('close', (code, signal) => {
      this.#runtimes.delete(instanceId)
      this.#tell({ type: 'runtime-exit', instanceId, code, signal, stderr: runtime.stderr })
    })
  }

  async #stop(instanceId: string, graceMs: number): Promise<void> {
    await this.#starting.get(instanceId)
    const runtime = this.#runtimes.get(instanceId)
    if (runtime) await stopRuntime(runtime.child, graceMs)
    else this.#tell({ type: 'runtime-exit', instanceId, code: null, signal: null, stderr: '' })
  }

  #failed(instanceId: string, reason: string): void {
    this.#tell({ type: 'runtime-exit', instanceId, code: null, signal: null, stderr: reason })
  }
}

/**
 * Asks a runtime to end by closing its standard input, and kills it after `graceMs`. A signal would not reach it:
 * in a process namespace of its own it hears only what its own kind sends.
 */
async function stopRuntime(child: ChildProcess, graceMs: number): Promise<void> {
  if (hasEnded(child)) return
  const gone = once(child, 'close')
  child.stdin!.end()
  const last = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(last)
}
