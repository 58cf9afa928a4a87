import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient, type MongoClientOptions } from 'mongodb'

export const ROOT = { user: 'root', password: 'root-password-of-tests' }

export interface Server {
  readonly address: string
  readonly dataDir: string
  readonly pid: number
  url(user?: string, password?: string, db?: string): string
  /** A connected client, closed with the server. */
  client(options?: MongoClientOptions, url?: string): Promise<MongoClient>
  kill(signal: NodeJS.Signals): Promise<number | null>
  [Symbol.asyncDispose](): Promise<void>
}

interface Report {
  type: string
  address?: string
  setting?: string
  message?: string
}

/** Forks the built server. Answers its first report and the process. */
export async function forkServer(
  env: Record<string, string>,
): Promise<{ report: Report; child: ReturnType<typeof fork> }> {
  const child = fork(join(import.meta.dirname, '../dist/main.js'), {
    env: {
      PATH: process.env.PATH ?? '',
      LATHE_MONGO_ROOT_USER: ROOT.user,
      LATHE_MONGO_ROOT_PASSWORD: ROOT.password,
      ...env,
    },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr!.on('data', (chunk) => {
    stderr += chunk
  })
  const [report] = await Promise.race([
    once(child, 'message') as Promise<[Report]>,
    once(child, 'exit').then(() => Promise.reject(new Error(`the server ended: ${stderr}`))),
  ])
  return { report, child }
}

export async function startTestServer(
  options: { dataDir?: string; env?: Record<string, string> } = {},
): Promise<Server> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'lathe-mongo-')))
  const { report, child } = await forkServer({ LATHE_MONGO_DATA: dataDir, ...options.env })
  if (report.type !== 'serving') throw new Error(`refused: ${report.setting} ${report.message}`)
  const address = report.address!
  const clients: MongoClient[] = []
  const url = (user = ROOT.user, password = ROOT.password, db = 'admin') =>
    `mongodb://${user}:${password}@${address}/?authSource=${db}`
  const exited = once(child, 'exit')
  return {
    address,
    dataDir,
    pid: child.pid!,
    url,
    async client(clientOptions, clientUrl = url()) {
      const client = new MongoClient(clientUrl, { serverSelectionTimeoutMS: 10_000, ...clientOptions })
      clients.push(client)
      return client.connect()
    },
    async kill(signal) {
      child.kill(signal)
      const [code] = await exited
      return code as number | null
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((c) => c.close(true).catch(() => {})))
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await exited
      }
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true })
    },
  }
}
