import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ChildReport, childReportSchema, type Route } from '@lathe/shared'
import type { GatewayLimits } from '../../src/config/limits.ts'
import { ControlPeer, TOKEN } from './control-peer.ts'

const MAIN = new URL('../../dist/main.js', import.meta.url).pathname

export interface GatewayOptions {
  routes?: Route[]
  limits?: Partial<GatewayLimits>
  /** Without it the api's control end is there from the start. */
  withoutControl?: boolean
  env?: Record<string, string>
}

/** A gateway process, its folder, and a control peer. */
export class TestGateway implements AsyncDisposable {
  readonly folder: string
  readonly consoleDist: string
  readonly options: GatewayOptions
  control!: ControlPeer
  child!: ChildProcess
  port = 0
  output = ''

  private constructor(folder: string, options: GatewayOptions) {
    this.folder = folder
    this.consoleDist = join(folder, 'console')
    this.options = options
  }

  static async start(options: GatewayOptions = {}): Promise<TestGateway> {
    const gateway = new TestGateway(await mkdtemp(join(tmpdir(), 'lathe-gw-')), options)
    await mkdir(join(gateway.consoleDist, 'assets'), { recursive: true })
    await writeFile(join(gateway.consoleDist, 'index.html'), '<!doctype html><title>Lathe</title>')
    if (!options.withoutControl)
      gateway.control = await ControlPeer.start(gateway.controlSocket, options.routes)
    await gateway.spawn()
    if (!options.withoutControl) await gateway.control.applied()
    return gateway
  }

  get controlSocket(): string {
    return join(this.folder, 'control.sock')
  }

  get apiSocket(): string {
    return join(this.folder, 'api.sock')
  }

  get routesFile(): string {
    return join(this.folder, 'routes.json')
  }

  socketPath(name: string): string {
    return join(this.folder, `${name}.sock`)
  }

  /** Starts the process (again, on the port it had). */
  async spawn(): Promise<void> {
    const report = await this.spawnForReport()
    if (report.type !== 'serving') throw new Error(`gateway did not start: ${JSON.stringify(report)}`)
    this.port = Number(report.address.split(':').at(-1))
  }

  async spawnForReport(): Promise<ChildReport> {
    this.child = fork(MAIN, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        LATHE_HOST: '127.0.0.1',
        LATHE_PORT: String(this.port),
        LATHE_CONSOLE_HOST: 'localhost:8000',
        LATHE_APPS_DOMAIN: 'localhost:8000',
        LATHE_API_SOCKET: this.apiSocket,
        LATHE_CONTROL_SOCKET: this.controlSocket,
        LATHE_GATEWAY_TOKEN: TOKEN,
        LATHE_CONSOLE_DIST: this.consoleDist,
        LATHE_ROUTES_FILE: this.routesFile,
        LATHE_GATEWAY_LIMITS: JSON.stringify({ sweepMs: 20, ...this.options.limits }),
        ...this.options.env,
      },
    })
    const keep = (bytes: Buffer) => {
      this.output += bytes.toString()
    }
    this.child.stdout!.on('data', keep)
    this.child.stderr!.on('data', keep)
    const exited = once(this.child, 'exit').then(([code, signal]) => {
      throw new Error(`gateway exited (${code ?? signal}): ${this.output}`)
    })
    const reported = once(this.child, 'message').then(([message]) => childReportSchema.parse(message))
    exited.catch(() => {})
    return Promise.race([reported, exited])
  }

  /** Ends the process and waits until it is gone. */
  async kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return { code: this.child.exitCode, signal: this.child.signalCode }
    }
    const gone = once(this.child, 'exit')
    this.child.kill(signal)
    const [code, by] = await gone
    return { code, signal: by }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL')
    await this.control?.[Symbol.asyncDispose]()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** A running app with its upstreams on Unix sockets. */
export function route(appid: string, ...paths: string[]): Route {
  return {
    appid,
    state: 'running',
    upstreams: paths.map((path) => ({ instanceId: instanceId(path), upstream: { kind: 'unix', path } })),
  }
}

export function instanceId(path: string): string {
  return `instance-${path
    .split('/')
    .at(-1)!
    .replace(/\.sock$/, '')
    .toLowerCase()}`
}
