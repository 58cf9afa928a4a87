import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchPrograms } from './fetched-programs.ts'
import type { BenchLathe } from './lathe.ts'
import type { Target } from './load.ts'
import { family, freePort, startPeer } from './processes.ts'

export interface Contestant {
  name: string
  target: Target
  host: string
  /** Whose processor time counts. */
  pids: number[]
}

/** The same functions, as each server wants them: Lathe's. */
const FUNCTIONS: Record<string, string> = {
  hello: `export default async function (ctx) { return { hello: 'world' } }\n`,
  json: `export default async function (ctx) { return ctx.body }\n`,
  log: `export default async function (ctx) { console.log('hello', ctx.url); return { hello: 'world' } }\n`,
  bytes: `export default async function (ctx) { return ctx.body }\n`,
  database: `import cloud from '@lathe/cloud'
await cloud.mongo.db.collection('things').insertOne({ _id: 'one' as never, n: 1 }).catch(() => {})
export default async function (ctx) { return await cloud.mongo.db.collection('things').findOne({ _id: 'one' as never }) }
`,
}

export interface Contestants {
  bare: Contestant
  bareUnix: Contestant
  fastify: Contestant
  framework: Contestant
  workerd: Contestant
  deno: Contestant
  runtime: Contestant
  lathe: Contestant
  plainProxy: Contestant
}

/** Starts the peers and an app of Lathe, all serving `/hello`, `/json`, `/log` and `/bytes`. */
export async function startContestants(bench: BenchLathe, stack: AsyncDisposableStack): Promise<Contestants> {
  const peer = async (
    name: string,
    args: (port: string) => string[],
    program?: string,
  ): Promise<Contestant> => {
    const target = { port: await freePort(), host: '127.0.0.1' }
    const { pid } = stack.use(await startPeer(args(String(target.port)), target, program))
    return { name, pids: [pid], host: 'localhost', target }
  }
  const folder = await mkdtemp(join(tmpdir(), 'lathe-bench-peers-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const programs = await fetchPrograms(folder)
  const socket = join(bench.lathe.data.run, 'bare.sock')
  const bareUnix = stack.use(await startPeer([at('peers/node-http.ts'), socket], { path: socket }))

  const { appid } = await bench.createApp('hello')
  for (const [name, source] of Object.entries(FUNCTIONS)) await bench.createFunction(appid, name, source)
  const { gateway, runtimes } = bench.lathe.pids()
  const runtimePids = family(runtimes.at(-1)!)
  const host = bench.host(appid)
  const runtimeSocket = await bench.runtimeSocket(appid)
  const proxy = await peer('plain node:http proxy + Lathe runtime', (port) => [
    at('peers/plain-proxy.ts'),
    runtimeSocket,
    port,
  ])
  return {
    bare: await peer('bare node:http', (port) => [at('peers/node-http.ts'), port]),
    bareUnix: {
      name: 'bare node:http, Unix socket',
      pids: [bareUnix.pid],
      host: 'localhost',
      target: { path: socket },
    },
    fastify: await peer('Fastify', (port) => [at('peers/fastify.ts'), port]),
    framework: await peer('functions-framework', (port) => [
      at('node_modules/@google-cloud/functions-framework/build/src/main.js'),
      '--target=hello',
      `--source=${at('peers/functions-framework-hello.mjs')}`,
      `--port=${port}`,
    ]),
    workerd: await peer(
      'workerd',
      (port) => ['serve', at('peers/workerd.capnp'), '--socket-addr', `http=127.0.0.1:${port}`],
      programs.workerd,
    ),
    deno: await peer(
      'Deno.serve',
      (port) => ['run', '--no-config', '--allow-net', at('peers/deno.mjs'), port],
      programs.deno,
    ),
    runtime: {
      name: 'Lathe runtime alone, Unix socket',
      pids: runtimePids,
      host,
      target: { path: runtimeSocket },
    },
    lathe: {
      name: 'Lathe gateway + runtime',
      pids: [gateway!, ...runtimePids],
      host,
      target: { port: bench.lathe.port, host: '127.0.0.1' },
    },
    plainProxy: { ...proxy, host, pids: [...proxy.pids, ...runtimePids] },
  }
}

function at(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
