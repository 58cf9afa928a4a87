import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type Route, runtimeArgs, type Upstream } from '@lathe/shared'

const ENTRY = fileURLToPath(new URL('../../../runtime/dist/main.js', import.meta.url))

/** A real runtime, without an api: it serves functions from a snapshot. */
export class TestRuntime implements AsyncDisposable {
  readonly dir = realpathSync(mkdtempSync(`${tmpdir()}/lathe-gw-rt-`))
  child!: ChildProcess
  upstream!: Upstream
  readonly #instanceId: string

  private constructor(instanceId: string) {
    this.#instanceId = instanceId
  }

  /** @param functions JavaScript by name */
  static async start(
    functions: Record<string, string>,
    {
      instanceId = 'test-instance-1',
      timeoutMs = 60_000,
      bodyLimit = 64 * 1024 * 1024,
      env = {},
    }: { instanceId?: string; timeoutMs?: number; bodyLimit?: number; env?: Record<string, string> } = {},
  ): Promise<TestRuntime> {
    const runtime = new TestRuntime(instanceId)
    const appDir = `${runtime.dir}/app`
    mkdirSync(`${appDir}/state`, { recursive: true })
    const units = Object.entries(functions).map(([name, code]) => ({
      name,
      revision: 1,
      code,
      map: '{}',
      sha256: createHash('sha256').update(code).digest('hex'),
      methods: null,
      timeoutMs,
      bodyLimit,
    }))
    writeFileSync(`${appDir}/state/snapshot.json`, JSON.stringify({ version: 1, env, functions: units }))
    const socketPath = `${runtime.dir}/r.sock`
    runtime.child = spawn(
      process.execPath,
      runtimeArgs({ entry: ENTRY, appDir, socketPath, memoryMb: 128 }),
      {
        cwd: appDir,
        stdio: ['pipe', 'pipe', 'inherit'],
        env: {
          LATHE_APPID: 'abcdef',
          LATHE_INSTANCE_ID: instanceId,
          LATHE_INSTANCE_TOKEN: 'instance-token-'.padEnd(40, 't'),
          LATHE_CONTROL_SOCKET: `${runtime.dir}/none.sock`,
          LATHE_LISTEN: socketPath,
          LATHE_APP_DIR: appDir,
          LATHE_APP_MONGODB_URL: 'mongodb://app:secret@127.0.0.1:1/app',
        },
      },
    )
    const [line] = await once(runtime.child.stdout!, 'data')
    runtime.upstream = JSON.parse(String(line).split('\n')[0]!).listening
    return runtime
  }

  /** The app's route to runtimes. */
  static route(...runtimes: TestRuntime[]): Route {
    const upstreams = runtimes.map((runtime) => ({
      instanceId: runtime.#instanceId,
      upstream: runtime.upstream,
    }))
    return { appid: 'abcdef', state: 'running', upstreams }
  }

  async end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }> {
    const { child } = this
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit')
      child.kill(signal)
      await gone
    }
    return { code: child.exitCode, signal: child.signalCode }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    await rm(this.dir, { recursive: true, force: true })
  }
}
