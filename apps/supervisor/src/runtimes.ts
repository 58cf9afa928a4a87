import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  runtimeArgs,
  type SupervisorEvent,
  type SupervisorRequest,
  supervisorRequestSchema,
} from '@lathe/shared'
import { type Isolation, nodeCommand, wallsOf } from './isolation.ts'
import { LogFile } from './log-file.ts'
import { programs } from './paths.ts'
import { hasEnded } from './stop-process.ts'

const STDERR_TAIL = 4_096

interface Runtime {
  appid: string
  child: ChildProcess
  stderr: string
}

type StartRequest = Extract<SupervisorRequest, { type: 'runtime-start' }>

/**
 * The runtime processes of this machine. The api says which shall run; they are owned here, so that they go on
 * serving while the api restarts. Each holds the other end of a pipe of ours as its standard input: should the
 * supervisor die, the runtimes read its end and go too.
 */
export class Runtimes {
  #runtimes = new Map<string, Runtime>()
  #tell: (event: SupervisorEvent) => void
  #logs: string
  #isolation: Isolation
  #stopping = false

  /** @param tell receives events for the api; @param logs folder in which each app's process output is kept */
  constructor(tell: (event: SupervisorEvent) => void, logs: string, isolation: Isolation) {
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
    if (request.data.type === 'runtime-list') this.#tell({ type: 'runtime-list', runtimes: this.list() })
    else if (request.data.type === 'runtime-start') await this.#start(request.data)
    else await this.#stop(request.data.instanceId, request.data.graceMs)
  }

  async stopAll(graceMs: number): Promise<void> {
    this.#stopping = true
    await Promise.all([...this.#runtimes.values()].map(({ child }) => stopRuntime(child, graceMs)))
  }

  async #start({
    instanceId,
    appid,
    env,
    memoryMb,
    readable = [],
    addons = false,
  }: StartRequest): Promise<void> {
    if (this.#runtimes.has(instanceId)) return
    const { LATHE_LISTEN: socketPath, LATHE_APP_DIR: appDir, LATHE_CONTROL_SOCKET: controlSocket } = env
    if (!socketPath || !appDir || !controlSocket)
      return this.#failed(instanceId, 'the environment is not complete')
    try {
      await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 })
      await mkdir(appDir, { recursive: true, mode: 0o700 })
    } catch (error) {
      return this.#failed(instanceId, String(error))
    }
    const { command, args } = nodeCommand(
      this.#isolation,
      runtimeArgs({ entry: programs.runtime, appDir, socketPath, memoryMb, readable, addons }),
      {
        // The control socket's folder, not the socket: an api that restarts makes a new one.
        readable: [dirname(programs.runtime), dirname(controlSocket), ...readable],
        writable: [appDir, dirname(socketPath)],
      },
    )
    const child = spawn(command, args, {
      cwd: appDir,
      env: { ...env, LATHE_ISOLATION: wallsOf(this.#isolation).join(',') },
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const runtime: Runtime = { appid, child, stderr: '' }
    this.#watch(instanceId, runtime)
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
