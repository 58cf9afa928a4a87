import { type Contestant, type Contestants, startContestants } from './lib/contestants.ts'
import type { BenchLathe } from './lib/lathe.ts'
import { type LoadPlan, type LoadResult, load } from './lib/load.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import { cpuUs } from './lib/processes.ts'
import type { Section } from './lib/section.ts'
import { interleave, median } from './lib/statistics.ts'

const CONNECTIONS = 32
const SECONDS = 1
/** Long enough for V8 to have compiled what it measures; the median drops a first round that was not. */
const WARM_UP_SECONDS = 1
const FIXED_RATE = 1_000

type Work = Pick<LoadPlan, 'method' | 'path' | 'body' | 'connections'>
type Key = keyof Contestants
type Measured = LoadResult & { cpu: number }

const HELLO: Work = { method: 'GET', path: '/hello', body: null, connections: CONNECTIONS }
const LOG: Work = { ...HELLO, path: '/log' }
const HELLO_KEYS = [
  'bare',
  'bareUnix',
  'fastify',
  'framework',
  'workerd',
  'deno',
  'runtime',
  'lathe',
  'plainProxy',
] as const
const OTHER_KEYS = ['bare', 'fastify', 'framework', 'workerd', 'deno', 'runtime', 'lathe'] as const
const OTHER_WORK: { name: string; work: Work; without?: Key }[] = [
  {
    name: '1 KB of JSON there and back',
    work: { method: 'POST', path: '/json', body: { kind: 'json', bytes: 1024 }, connections: CONNECTIONS },
  },
  { name: 'hello with one console.log', work: LOG },
  { name: 'one read of a database', work: { ...HELLO, path: '/database' }, without: 'workerd' },
  {
    name: '1 MB streamed there and back',
    work: { method: 'POST', path: '/bytes', body: { kind: 'bytes', bytes: 1_000_000 }, connections: 4 },
  },
]

/** CPU per request, requests per second and latency at a fixed rate, beside the peers; and what recording costs. */
export async function throughput(bench: BenchLathe, rounds: number): Promise<Section> {
  await using stack = new AsyncDisposableStack()
  const contestants = await startContestants(bench, stack)
  const all = HELLO_KEYS.map((key) => contestants[key])
  const fewer = Math.ceil(rounds / 2)
  const hello = await measure(all, HELLO, rounds)
  const paced = await interleave(fewer, all, (contestant) =>
    load({ ...plan(contestant, HELLO), rate: FIXED_RATE }),
  )
  const cpu = (key: Key) => middle(hello, contestants[key], (r) => r.cpu)
  const rows = HELLO_KEYS.map((key) => [
    contestants[key].name,
    figure(cpu(key)),
    figure(cpu(key) / cpu('bare')),
    figure(middle(hello, contestants[key], (r) => r.requests / r.seconds)),
    figure(middle(paced, contestants[key], (r) => r.p50Ms)),
    figure(middle(paced, contestants[key], (r) => r.p99Ms)),
  ])
  const others = await otherWork(contestants, fewer)
  const recording = await recordingCosts(contestants, rounds)
  const ofRuntime = cpu('runtime') / cpu('bareUnix')
  const ofFramework = cpu('lathe') / cpu('framework')
  const ofBare = cpu('lathe') / cpu('bare')
  return {
    title: 'Requests',
    text: [
      `A JSON hello over ${CONNECTIONS} keep-alive connections, ${SECONDS} s a round, medians of ${rounds} rounds in turns. CPU is user and system time of the named processes with all their threads, per answered request; the load generator is not in it. p50 and p99 at ${figure(FIXED_RATE)} requests/s, counted from when a request was due, of ${fewer} rounds.`,
      table(['', 'CPU µs/request', 'x bare', 'requests/s', 'p50 ms', 'p99 ms'], rows),
      `Other work, CPU µs/request, medians of ${fewer} rounds. The database is Lathe's embedded one, read through MongoDB's driver, which workerd has no sockets for as it is; the database's own time is not in it. functions-framework reads bodies whole, the others stream them; Deno.serve closes the connection after an answer that began before its request was read.`,
      others,
      'What recording costs: a runtime alone beside one that was built with a reporter that does nothing. What is lost is reckoned by the processor time of the runtime; the requests/s have in them what the api and the database do with records and lines meanwhile, on the same machine.',
      recording.text,
    ].join('\n\n'),
    verdicts: [
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
      verdict(
        'recording requests costs <= 15 % of throughput',
        `${figure(recording.lost * 100)} %`,
        recording.lost <= 0.15,
      ),
    ],
  }
}

async function otherWork(contestants: Contestants, rounds: number): Promise<string> {
  const rows: string[][] = []
  for (const { name, work, without } of OTHER_WORK) {
    const keys = OTHER_KEYS.filter((key) => key !== without)
    const results = await measure(
      keys.map((key) => contestants[key]),
      work,
      rounds,
    )
    rows.push([
      name,
      ...OTHER_KEYS.map((key) =>
        key === without ? '-' : figure(middle(results, contestants[key], (r) => r.cpu)),
      ),
    ])
  }
  return table(['', ...OTHER_KEYS.map((key) => contestants[key].name)], rows)
}

/** @returns a table, and the share of a hello's throughput that is lost */
async function recordingCosts(
  { recording, silent }: Contestants,
  rounds: number,
): Promise<{ text: string; lost: number }> {
  const rows: string[][] = []
  const lost: number[] = []
  for (const [name, work] of [
    ['hello', HELLO],
    ['hello with one console.log', LOG],
  ] as const) {
    const results = await measure([recording, silent], work, rounds)
    const cpu = (contestant: Contestant) => middle(results, contestant, (r) => r.cpu)
    const share = 1 - cpu(silent) / cpu(recording)
    lost.push(share)
    rows.push([
      name,
      figure(cpu(recording)),
      figure(cpu(silent)),
      `${figure(share * 100)} %`,
      ...[recording, silent].map((one) => figure(middle(results, one, (r) => r.requests / r.seconds))),
    ])
  }
  const head = ['', 'CPU µs/request', 'recording nothing', 'lost', 'requests/s', 'recording nothing']
  return { text: table(head, rows), lost: lost[0]! }
}

async function measure(
  contestants: Contestant[],
  work: Work,
  rounds: number,
): Promise<Map<Contestant, Measured[]>> {
  for (const contestant of contestants) await load({ ...plan(contestant, work), seconds: WARM_UP_SECONDS })
  return interleave(rounds, contestants, async (contestant) => {
    const before = cpuUs(contestant.pids)
    const result = await load(plan(contestant, work))
    if (result.errors > 0)
      throw new Error(`${contestant.name}, ${work.path}: ${result.errors} requests failed`)
    return { ...result, cpu: (cpuUs(contestant.pids) - before) / result.requests }
  })
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
