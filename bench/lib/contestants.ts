import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { fetchPrograms } from './fetched-programs.ts'
import type { BenchLathe } from './lathe.ts'
import type { Target } from './load.ts'
import { family, freePort, startPeer } from './processes.ts'
import { startSilentRuntime } from './silent-runtime.ts'

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
  bytes: `export default {
  fetch: (request: Request) => new Response(request.body, { headers: { 'content-type': 'application/octet-stream' } }),
}
`,
  database: `import cloud from '@lathe/cloud'
const things = cloud.mongo.db.collection<{ _id: string; n: number }>('things')
await things.insertOne({ _id: 'one', n: 1 })
export default async function (ctx) { return await things.findOne({ _id: 'one' }) }
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
  /** A runtime of an app with `/hello` and `/log` alone, and the same again, recording nothing. */
  recording: Contestant
  silent: Contestant
}

/** Starts the peers and an app of Lathe, all serving `/hello`, `/json`, `/log`, `/bytes` and, but for workerd, `/database`. */
export async function startContestants(bench: BenchLathe, stack: AsyncDisposableStack): Promise<Contestants> {
  const env = { BENCH_MONGODB_URL: bench.lathe.mongoUrl }
  const peer = async (
    name: string,
    args: (port: string) => string[],
    program?: string,
  ): Promise<Contestant> => {
    const target = { port: await freePort(), host: '127.0.0.1' }
    const { pid } = stack.use(await startPeer(args(String(target.port)), target, { program, env }))
    return { name, pids: [pid], host: 'localhost', target }
  }
  const folder = await mkdtemp(join(tmpdir(), 'lathe-bench-peers-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const programs = await fetchPrograms(folder)
  await writeThing(bench.lathe.mongoUrl)
  const socket = join(bench.lathe.data.run, 'bare.sock')
  const bareUnix = stack.use(await startPeer([at('peers/node-http.ts'), socket], { path: socket }, { env }))

  const { appid, pids: runtimePids } = await startApp(bench, Object.keys(FUNCTIONS))
  const gateway = bench.lathe.pids().gateway!
  const host = bench.host(appid)
  const runtimeSocket = await bench.runtimeSocket(appid)
  const small = await startApp(bench, ['hello', 'log'])
  const silent = await startSilentRuntime(
    join(bench.lathe.data.apps, small.appid, 'state/snapshot.json'),
    folder,
  )
  stack.use(silent.peer)
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
      (port) => [
        'run',
        '--no-config',
        '--node-modules-dir=manual',
        '--allow-net',
        '--allow-env',
        '--allow-read',
        '--allow-sys',
        at('peers/deno.mjs'),
        port,
      ],
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
      pids: [gateway, ...runtimePids],
      host,
      target: { port: bench.lathe.port, host: '127.0.0.1' },
    },
    plainProxy: { ...proxy, host, pids: [...proxy.pids, ...runtimePids] },
    recording: {
      name: 'Lathe runtime, recording',
      pids: small.pids,
      host,
      target: { path: await bench.runtimeSocket(small.appid) },
    },
    silent: {
      name: 'Lathe runtime, recording nothing',
      pids: [silent.peer.pid],
      host,
      target: { path: silent.socketPath },
    },
  }
}

/** An app with some of the functions. @returns it, and the processes of its runtime */
async function startApp(bench: BenchLathe, names: string[]): Promise<{ appid: string; pids: number[] }> {
  const { appid } = await bench.createApp('measured')
  for (const name of names) await bench.createFunction(appid, name, FUNCTIONS[name]!)
  const runtime = bench.lathe.runtimes().find((one) => one.appid === appid)
  return { appid, pids: family(runtime!.pid) }
}

/** What peers read. */
async function writeThing(url: string): Promise<void> {
  await using client = await MongoClient.connect(url)
  await client.db('bench').collection<{ _id: string; n: number }>('things').insertOne({ _id: 'one', n: 1 })
}

function at(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url))
}
