import type { BenchLathe } from './lib/lathe.ts'
import { load } from './lib/load.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { percentile } from './lib/statistics.ts'

const PUBLISHES = 60
const LOAD_RATE = 200
const LOAD_SECONDS = 20

const source = (n: number) => `import type { FunctionContext } from '@lathe/cloud'

interface Order { id: number; title: string; quantity: number }

export default async function (ctx: FunctionContext) {
  const orders: Order[] = [{ id: ${n}, title: 'Oak Chair', quantity: 2 }]
  return { version: ${n}, total: orders.reduce((sum, { quantity }) => sum + quantity, 0) }
}
`

interface Timings {
  /** From sending the call to its answer, as the console's button sees it. */
  click: number[]
  /** What the console shows: measured by the api. */
  live: number[]
}

/** Publish to live, in apps of 1, 10 and 100 functions, and while requests are served. */
export async function publishing(bench: BenchLathe): Promise<Section> {
  const rows: string[][] = []
  const results = new Map<number, Timings>()
  for (const count of [1, 10, 100]) {
    const { appid } = await bench.createApp(`publish ${count}`)
    for (let i = 0; i < count; i++) await bench.createFunction(appid, `f${i}`, source(0))
    const timings = await publishMany(bench, appid, PUBLISHES)
    results.set(count, timings)
    rows.push(row(`${count} function${count > 1 ? 's' : ''}`, timings))
  }
  const { appid } = await bench.createApp('publish under load')
  await bench.createFunction(appid, 'f0', source(0))
  const [during, traffic] = await Promise.all([
    publishMany(bench, appid, PUBLISHES),
    load({
      target: { port: bench.lathe.port, host: '127.0.0.1' },
      host: bench.host(appid),
      method: 'GET',
      path: '/f0',
      body: null,
      connections: 16,
      seconds: LOAD_SECONDS,
      rate: LOAD_RATE,
    }),
  ])
  rows.push(row(`1 function, ${LOAD_RATE} requests/s meanwhile`, during))
  const p50 = percentile(results.get(1)!.click, 0.5)
  const p95 = percentile(during.click, 0.95)
  return {
    title: 'Publish to live',
    text: [
      `${PUBLISHES} publishes each, one after another. "click" is from sending the call to its answer through the gateway; "live in" is what the console shows.`,
      table(['', 'click p50 ms', 'click p95 ms', 'live in p50 ms', 'live in p95 ms'], rows),
      `Of the ${figure(traffic.requests)} requests served meanwhile, ${traffic.errors} failed.`,
    ].join('\n\n'),
    verdicts: [
      verdict('publish p50 < 50 ms', `${figure(p50)} ms`, p50 < 50),
      verdict('publish p95 <= 100 ms under load', `${figure(p95)} ms`, p95 <= 100),
      verdict('no request failed while publishing', `${traffic.errors}`, traffic.errors === 0),
    ],
  }
}

async function publishMany(bench: BenchLathe, appid: string, times: number): Promise<Timings> {
  const timings: Timings = { click: [], live: [] }
  for (let i = 1; i <= times; i++) {
    const startedAt = performance.now()
    const { revision, liveInMs } = await bench.publish(appid, 'f0', source(i), i)
    timings.click.push(performance.now() - startedAt)
    if (revision !== i + 1 || liveInMs === null) throw new Error('a publish did not become live')
    timings.live.push(liveInMs)
  }
  return timings
}

function row(name: string, { click, live }: Timings): string[] {
  return [
    name,
    ...[click, live].flatMap((samples) => [0.5, 0.95].map((share) => figure(percentile(samples, share)))),
  ]
}
