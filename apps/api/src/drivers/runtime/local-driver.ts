import { EventEmitter, once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type ApiEnv,
  type RuntimeEnv,
  type SupervisorEvent,
  type SupervisorRequest,
  supervisorEventSchema,
  type Upstream,
} from '@lathe/shared'
import type { RuntimeDriver, RuntimeExit, RuntimeSpec } from './runtime-driver.ts'

const ANSWER_MS = 15_000
const KILL_MARGIN_MS = 5_000

interface Events {
  started: [{ instanceId: string }]
  exit: [RuntimeExit]
  list: [Extract<SupervisorEvent, { type: 'runtime-list' }>['runtimes']]
}

/** Processes of this machine, owned by the supervisor (our parent), asked for over Node's IPC. */
export class LocalDriver implements RuntimeDriver {
  readonly name = 'local'
  readonly replicas = 1
  #env: ApiEnv
  #events = new EventEmitter<Events>().setMaxListeners(0)
  #listening = (message: unknown) => this.#receive(message)

  constructor(env: ApiEnv) {
    this.#env = env
    process.on('message', this.#listening)
  }

  upstreams(appid: string, instanceId: string): Upstream[] {
    return [{ kind: 'unix', path: join(this.#env.LATHE_RUN_DIR, appid, `${instanceId}.sock`), frames: true }]
  }

  async start(spec: RuntimeSpec): Promise<void> {
    const { instanceId, appid, token, databaseUrl, memoryMb, packages, side } = spec
    const env = {
      LATHE_APPID: appid,
      LATHE_INSTANCE_ID: instanceId,
      LATHE_INSTANCE_TOKEN: token,
      LATHE_CONTROL_SOCKET: this.#env.LATHE_CONTROL_SOCKET,
      LATHE_LISTEN: join(this.#env.LATHE_RUN_DIR, appid, `${instanceId}.sock`),
      LATHE_APP_DIR: side ? this.#scratchDir(instanceId) : this.#appDir(appid),
      LATHE_APP_MONGODB_URL: databaseUrl,
      LATHE_PACKAGES_DIR: packages.dir,
      ...(side ? { LATHE_SIDE: side } : {}),
    } satisfies Omit<RuntimeEnv, 'LATHE_ISOLATION'>
    // Answered once the process is there: a stop that came before would find nothing to stop.
    const answered = this.#toldOf(instanceId, ['started', 'exit'], ANSWER_MS, 'is not started')
    this.#send({
      type: 'runtime-start',
      instanceId,
      appid,
      env,
      memoryMb,
      packages: packages.root,
      addons: packages.nativeAddons,
    })
    await answered
  }

  async stop(instanceId: string, graceMs: number): Promise<void> {
    const ended = this.#toldOf(instanceId, ['exit'], graceMs + KILL_MARGIN_MS, 'does not end')
    this.#send({ type: 'runtime-stop', instanceId, graceMs })
    await ended
  }

  async list(): Promise<{ instanceId: string; appid: string }[]> {
    const answer = once(this.#events, 'list', { signal: AbortSignal.timeout(ANSWER_MS) })
    this.#send({ type: 'runtime-list' })
    const [runtimes] = await answer
    return runtimes
  }

  async removeApp(appid: string): Promise<void> {
    await rm(this.#appDir(appid), { recursive: true, force: true })
    await rm(join(this.#env.LATHE_RUN_DIR, appid), { recursive: true, force: true })
  }

  onExit(listener: (exit: RuntimeExit) => void): void {
    this.#events.on('exit', listener)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('message', this.#listening)
  }

  /** Resolves with the first of these events for the instance; rejects when none comes in time. */
  #toldOf(instanceId: string, names: ('started' | 'exit')[], ms: number, late: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const listener = (event: { instanceId: string }) => {
      if (event.instanceId === instanceId) resolve()
    }
    const timer = setTimeout(() => reject(new Error(`runtime ${instanceId} ${late}`)), ms)
    for (const name of names) this.#events.on(name, listener)
    return promise.finally(() => {
      clearTimeout(timer)
      for (const name of names) this.#events.off(name, listener)
    })
  }

  #appDir(appid: string): string {
    return join(this.#env.LATHE_DATA, 'apps', appid)
  }

  #scratchDir(instanceId: string): string {
    return join(this.#env.LATHE_DATA, 'scratch', instanceId)
  }

  #send(request: SupervisorRequest): void {
    if (!process.send) throw new Error('the api has no supervisor: the runtime driver `local` needs one')
    process.send(request, undefined, undefined, () => {}) // a closed channel ends this process anyway
  }

  #receive(message: unknown): void {
    const event = supervisorEventSchema.safeParse(message)
    if (!event.success) return
    switch (event.data.type) {
      case 'runtime-exit': {
        const { instanceId, code, signal, stderr } = event.data
        const how = signal ? `signal ${signal}` : code === null ? 'could not be started' : `exit code ${code}`
        this.#events.emit('exit', { instanceId, how, stderr })
        // Only side runtimes have one. What cannot be removed now is when the server starts the next time.
        void rm(this.#scratchDir(instanceId), { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
        break
      }
      case 'runtime-list':
        this.#events.emit('list', event.data.runtimes)
        break
      case 'runtime-started':
        this.#events.emit('started', event.data)
        break
    }
  }
}
