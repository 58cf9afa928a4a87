import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type FunctionUnit, runtimeArgs } from '@lathe/shared'
import { ApiPeer } from './api-peer.ts'
import { FramesBridge } from './frames-bridge.ts'

const ENTRY = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

let byFrames = false

/** From here on, the requests of this test file reach their runtimes in frames. */
export function carryByFrames(): void {
  byFrames = true
}

export interface Answer {
  status: number
  headers: IncomingMessage['headers']
  rawHeaders: string[]
  body: Buffer
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered.
  json: any
}

export interface Ask extends RequestOptions {
  body?: string | Buffer
}

export interface Options {
  functions?: FunctionUnit[]
  env?: Record<string, string>
  mongoUrl?: string
  memoryMb?: number
  /** What it is started for, beside the one that serves. */
  side?: 'debug' | 'test'
  /** Put into the app's folder before the process starts. */
  before?: (appDir: string) => void
  /** Wait for the first `sync` to be applied. */
  ready?: boolean
}

/** A runtime of its own for a test: a real process under the permission model, and the api's end of its channel. */
export class RuntimeProcess {
  readonly dir = realpathSync(mkdtempSync(`${tmpdir()}/lathe-rt-`))
  readonly appDir = `${this.dir}/app`
  readonly socketPath = `${this.dir}/r.sock`
  readonly api = new ApiPeer(`${this.dir}/c.sock`)
  readonly agent = new Agent({ keepAlive: true, maxSockets: 256 })
  child!: ChildProcess
  stdout = ''
  stderr = ''
  exit!: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly #options: Options
  #bridge: FramesBridge | null = null

  constructor(options: Options) {
    this.#options = options
    this.api.functions = options.functions ?? []
    this.api.env = options.env ?? {}
    mkdirSync(this.appDir)
    options.before?.(this.appDir)
  }

  static async start(options: Options = {}): Promise<RuntimeProcess> {
    const runtime = new RuntimeProcess(options)
    await runtime.api.listen()
    runtime.spawn()
    if (options.ready !== false) await runtime.ready()
    return runtime
  }

  spawn(): void {
    const args = runtimeArgs({
      entry: ENTRY,
      appDir: this.appDir,
      socketPath: this.socketPath,
      memoryMb: this.#options.memoryMb ?? 128,
    })
    const child = spawn(process.execPath, args, {
      cwd: this.appDir,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        LATHE_APPID: 'abcdef',
        LATHE_INSTANCE_ID: 'test-instance-1',
        LATHE_INSTANCE_TOKEN: 'instance-token-'.padEnd(40, 't'),
        LATHE_CONTROL_SOCKET: this.api.path,
        LATHE_LISTEN: this.socketPath,
        LATHE_APP_DIR: this.appDir,
        LATHE_APP_MONGODB_URL: this.#options.mongoUrl ?? 'mongodb://app:secret@127.0.0.1:1/app',
        LATHE_ISOLATION: 'permission',
        ...(this.#options.side ? { LATHE_SIDE: this.#options.side } : {}),
      },
    })
    this.child = child
    child.stdout!.on('data', (chunk) => {
      this.stdout += chunk
    })
    child.stderr!.on('data', (chunk) => {
      this.stderr += chunk
    })
    this.exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  }

  /** Rejects when the process ends instead of becoming ready. */
  async ready(): Promise<void> {
    const ended = this.exit.then(({ code, signal }) => {
      throw new Error(`the runtime ended with ${code ?? signal}: ${this.stderr}`)
    })
    ended.catch(() => {})
    await Promise.race([this.api.message('ready'), ended])
    if (byFrames) this.#bridge = await FramesBridge.start(`${this.dir}/b.sock`, this.socketPath)
  }

  /** Where requests go: the runtime, or the bridge to it. */
  get door(): string {
    return this.#bridge ? `${this.dir}/b.sock` : this.socketPath
  }

  /** A request whose answer is read as a stream. */
  open(path: string, { body, ...options }: Ask = {}): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      // The bridge takes one request on each connection.
      const agent = this.#bridge ? false : this.agent
      const req = request({ socketPath: this.door, path, agent, ...options }, resolve)
      req.on('error', reject)
      req.end(body)
    })
  }

  async ask(path: string, options: Ask = {}): Promise<Answer> {
    const res = await this.open(path, options)
    const chunks: Buffer[] = []
    for await (const chunk of res) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const text = body.toString()
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      json = undefined
    }
    return { status: res.statusCode!, headers: res.headers, rawHeaders: res.rawHeaders, body, text, json }
  }

  async stop(): Promise<void> {
    this.agent.destroy()
    this.#bridge?.stop()
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL')
      await this.exit
    }
    await this.api.close()
    rmSync(this.dir, { recursive: true, force: true })
  }
}
