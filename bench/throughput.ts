import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchLathe } from './lib/lathe.ts'
import { type LoadPlan, type LoadResult, load, type Target } from './lib/load.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import { cpuUs, family, freePort, startPeer } from './lib/processes.ts'
import type { Section } from './lib/section.ts'
import { interleave, median } from './lib/statistics.ts'

const CONNECTIONS = 32
const SECONDS = 2
const FIXED_RATE = 1_000

const SOURCE = `import type { FunctionContext } from '@lathe/cloud'
export default async function (ctx: FunctionContext) {
  return { hello: 'world' }
}
`

interface Contestant {
  name: string
  target: Target
  host: string
  /** Whose processor time counts. */
  pids: number[]
}

/** CPU per request, requests per second and latency at a fixed rate of a JSON hello, beside its peers. */
export async function throughput(bench: BenchLathe, rounds: number): Promise<Section> {
  await using stack = new AsyncDisposableStack()
  const contestants = await start(bench, stack)
  const flat = await interleave(rounds, contestants, async (contestant) => {
    const before = cpuUs(contestant.pids)
    const result = await load(plan(contestant, null))
    if (result.errors > 0) throw new Error(`${contestant.name}: ${result.errors} requests failed`)
    return { ...result, cpu: (cpuUs(contestant.pids) - before) / result.requests }
  })
  const paced = await interleave(Math.ceil(rounds / 2), contestants, (contestant) =>
    load(plan(contestant, FIXED_RATE)),
  )

  const of = (
    results: Map<Contestant, LoadResult[]>,
    contestant: Contestant,
    pick: (r: LoadResult) => number,
  ) => median(results.get(contestant)!.map(pick))
  const cpu = (contestant: Contestant) => median(flat.get(contestant)!.map((r) => r.cpu))
  const [bare] = contestants
  const rows = contestants.map((contestant) => [
    contestant.name,
    figure(cpu(contestant)),
    figure(cpu(contestant) / cpu(bare!)),
    figure(of(flat, contestant, (r) => r.requests / r.seconds)),
    figure(of(paced, contestant, (r) => r.p50Ms)),
    figure(of(paced, contestant, (r) => r.p99Ms)),
  ])
  const by = (name: string) => cpu(contestants.find((contestant) => contestant.name === name)!)
  const runtime = by('Lathe runtime alone, Unix socket') / by('bare node:http, Unix socket')
  const whole = by('Lathe gateway + runtime')
  const framework = whole / by('functions-framework')
  const times = whole / by('bare node:http')
  return {
    title: 'A JSON hello',
    text: [
      `${CONNECTIONS} keep-alive connections, ${SECONDS} s a round, medians of ${rounds} rounds in turns. CPU is user and system time of all named processes and threads, per answered request. p50 and p99 at ${figure(FIXED_RATE)} requests/s, counted from when a request was due.`,
      table(['', 'CPU µs/request', 'x bare', 'requests/s', 'p50 ms', 'p99 ms'], rows),
    ].join('\n\n'),
    verdicts: [
      verdict(
        'runtime alone <= 1.3x bare node:http (both on a Unix socket)',
        `${figure(runtime)}x`,
        runtime <= 1.3,
      ),
      verdict(
        'gateway + runtime below half of functions-framework',
        `${figure(framework)}x`,
        framework < 0.5,
      ),
      verdict('gateway + runtime <= 2.5x bare node:http', `${figure(times)}x`, times <= 2.5),
      verdict('gateway + runtime <= 1.5x bare node:http', `${figure(times)}x`, times <= 1.5),
    ],
  }
}

function plan({ target, host }: Contestant, rate: number | null): LoadPlan {
  return {
    target,
    host,
    method: 'GET',
    path: '/hello',
    body: null,
    connections: CONNECTIONS,
    seconds: SECONDS,
    rate,
  }
}

async function start(bench: BenchLathe, stack: AsyncDisposableStack): Promise<Contestant[]> {
  const peer = async (name: string, program: string, ...args: string[]): Promise<Contestant> => {
    const port = await freePort()
    const target = { port, host: '127.0.0.1' }
    const { pid } = stack.use(await startPeer([at(`peers/${program}`), ...args, String(port)], target))
    return { name, pids: [pid], host: 'localhost', target }
  }
  const bareSocket = join(bench.lathe.data.run, 'bare.sock')
  const bare = stack.use(await startPeer([at('peers/node-http.ts'), bareSocket], { path: bareSocket }))
  const frameworkTarget = { port: await freePort(), host: '127.0.0.1' }
  const framework = stack.use(
    await startPeer(
      [
        at('node_modules/@google-cloud/functions-framework/build/src/main.js'),
        '--target=hello',
        `--source=${at('peers/functions-framework-hello.mjs')}`,
        `--port=${frameworkTarget.port}`,
      ],
      frameworkTarget,
    ),
  )
  const { appid } = await bench.createApp('hello')
  await bench.createFunction(appid, 'hello', SOURCE)
  const { gateway, runtimes } = bench.lathe.pids()
  const runtimePids = family(runtimes.at(-1)!)
  const socket = await bench.runtimeSocket(appid)
  return [
    await peer('bare node:http', 'node-http.ts'),
    {
      name: 'bare node:http, Unix socket',
      pids: [bare.pid],
      host: 'localhost',
      target: { path: bareSocket },
    },
    await peer('Fastify', 'fastify.ts'),
    {
      name: 'functions-framework',
      pids: [framework.pid],
      host: 'localhost',
      target: frameworkTarget,
    },
    {
      name: 'Lathe runtime alone, Unix socket',
      pids: runtimePids,
      host: bench.host(appid),
      target: { path: socket },
    },
    {
      name: 'Lathe gateway + runtime',
      pids: [gateway!, ...runtimePids],
      host: bench.host(appid),
      target: { port: bench.lathe.port, host: '127.0.0.1' },
    },
    withProxy(
      await peer('plain node:http proxy + Lathe runtime', 'plain-proxy.ts', socket),
      runtimePids,
      bench.host(appid),
    ),
  ]
}

function withProxy(proxy: Contestant, runtimePids: number[], host: string): Contestant {
  return { ...proxy, host, pids: [...proxy.pids, ...runtimePids] }
}

function at(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}
