import { type Contestant, type Contestants, startContestants } from './lib/contestants.ts'
import type { BenchLathe } from './lib/lathe.ts'
import { type LoadPlan, type LoadResult, load } from './lib/load.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import { cpuUs } from './lib/processes.ts'
import type { Section } from './lib/section.ts'
import { interleave, median } from './lib/statistics.ts'

const CONNECTIONS = 32
const SECONDS = 2
const FIXED_RATE = 1_000
/** Each is warmed up by as many requests, so that none is measured while V8 still compiles it. */
const WARM_UP_REQUESTS = 20_000
const WARM_UP_MAX_SECONDS = 10

type Work = Pick<LoadPlan, 'method' | 'path' | 'body' | 'connections'>
const HELLO: Work = { method: 'GET', path: '/hello', body: null, connections: CONNECTIONS }
const OTHER_WORK: [string, Work, (keyof Contestants)[]][] = [
  [
    '1 KB of JSON there and back',
    { method: 'POST', path: '/json', body: { kind: 'json', bytes: 1024 }, connections: CONNECTIONS },
    ['bare', 'fastify', 'framework', 'workerd', 'deno', 'runtime', 'lathe'],
  ],
  [
    'hello with one console.log',
    { method: 'GET', path: '/log', body: null, connections: CONNECTIONS },
    ['bare', 'fastify', 'framework', 'workerd', 'deno', 'runtime', 'lathe'],
  ],
  [
    'one read of the app’s database',
    { method: 'GET', path: '/database', body: null, connections: CONNECTIONS },
    ['runtime', 'lathe'],
  ],
  [
    '1 MB of bytes there and back',
    { method: 'POST', path: '/bytes', body: { kind: 'bytes', bytes: 1_000_000 }, connections: 4 },
    ['bare', 'fastify', 'framework', 'workerd', 'deno', 'runtime', 'lathe'],
  ],
]

type Measured = LoadResult & { cpu: number }

/** CPU per request, requests per second and latency at a fixed rate, beside the peers. */
export async function throughput(bench: BenchLathe, rounds: number): Promise<Section> {
  await using stack = new AsyncDisposableStack()
  const contestants = await startContestants(bench, stack)
  const all = Object.values(contestants) as Contestant[]
  const flat = await measure(all, HELLO, rounds)
  const paced = await interleave(Math.ceil(rounds / 2), all, (contestant) =>
    load({ ...plan(contestant, HELLO), rate: FIXED_RATE }),
  )
  const cpu = (contestant: Contestant) => middle(flat, contestant, (r) => r.cpu)
  const rows = all.map((contestant) => [
    contestant.name,
    figure(cpu(contestant)),
    figure(cpu(contestant) / cpu(contestants.bare)),
    figure(middle(flat, contestant, (r) => r.requests / r.seconds)),
    figure(middle(paced, contestant, (r) => r.p50Ms)),
    figure(middle(paced, contestant, (r) => r.p99Ms)),
  ])
  const others = await otherWork(contestants, Math.ceil(rounds / 2))
  const ofRuntime = cpu(contestants.runtime) / cpu(contestants.bareUnix)
  const ofFramework = cpu(contestants.lathe) / cpu(contestants.framework)
  const ofBare = cpu(contestants.lathe) / cpu(contestants.bare)
  return {
    title: 'Requests',
    text: [
      `A JSON hello over ${CONNECTIONS} keep-alive connections, ${SECONDS} s a round after ${figure(WARM_UP_REQUESTS)} requests of warming up, medians of ${rounds} rounds in turns. CPU is user and system time of the named processes with all their threads, per answered request; the load generator is not in it. p50 and p99 at ${figure(FIXED_RATE)} requests/s, counted from when a request was due.`,
      table(['', 'CPU µs/request', 'x bare', 'requests/s', 'p50 ms', 'p99 ms'], rows),
      'Other work, CPU µs/request (an empty field: not measured):',
      others,
    ].join('\n\n'),
    verdicts: [
      verdict(
        'runtime alone <= 1.3x bare node:http (both on a Unix socket)',
        `${figure(ofRuntime)}x`,
        ofRuntime <= 1.3,
      ),
      verdict(
        'runtime alone <= 1.2x bare node:http (both on a Unix socket)',
        `${figure(ofRuntime)}x`,
        ofRuntime <= 1.2,
      ),
      verdict(
        'gateway + runtime below half of functions-framework',
        `${figure(ofFramework)}x`,
        ofFramework < 0.5,
      ),
      verdict('gateway + runtime <= 2.5x bare node:http', `${figure(ofBare)}x`, ofBare <= 2.5),
      verdict('gateway + runtime <= 1.5x bare node:http', `${figure(ofBare)}x`, ofBare <= 1.5),
    ],
  }
}

async function otherWork(contestants: Contestants, rounds: number): Promise<string> {
  const columns: (keyof Contestants)[] = [
    'bare',
    'fastify',
    'framework',
    'workerd',
    'deno',
    'runtime',
    'lathe',
  ]
  const rows: string[][] = []
  for (const [name, work, keys] of OTHER_WORK) {
    const results = await measure(
      keys.map((key) => contestants[key]),
      work,
      rounds,
    )
    rows.push([
      name,
      ...columns.map((key) =>
        keys.includes(key) ? figure(middle(results, contestants[key], (r) => r.cpu)) : '',
      ),
    ])
  }
  return table(['', ...columns.map((key) => contestants[key].name)], rows)
}

async function measure(
  contestants: Contestant[],
  work: Work,
  rounds: number,
): Promise<Map<Contestant, Measured[]>> {
  for (const contestant of contestants) await warmUp(contestant, work)
  return interleave(rounds, contestants, async (contestant) => {
    const before = cpuUs(contestant.pids)
    const result = await load(plan(contestant, work))
    if (result.errors > 0)
      throw new Error(`${contestant.name}, ${work.path}: ${result.errors} requests failed`)
    return { ...result, cpu: (cpuUs(contestant.pids) - before) / result.requests }
  })
}

async function warmUp(contestant: Contestant, work: Work): Promise<void> {
  let requests = 0
  for (let second = 0; second < WARM_UP_MAX_SECONDS && requests < WARM_UP_REQUESTS; second++) {
    requests += (await load({ ...plan(contestant, work), seconds: 1 })).requests
  }
}

function plan({ target, host }: Contestant, work: Work): LoadPlan {
  return { ...work, target, host, seconds: SECONDS, rate: null }
}

function middle<R>(
  results: Map<Contestant, R[]>,
  contestant: Contestant,
  pick: (result: R) => number,
): number {
  return median(results.get(contestant)!.map(pick))
}
