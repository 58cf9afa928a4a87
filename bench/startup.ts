import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { AppView } from '@lathe/shared'
import { BenchLathe } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import { family, rssMb } from './lib/processes.ts'
import type { Section } from './lib/section.ts'
import { median, percentile } from './lib/statistics.ts'

const STARTS = 10
const WAKES = 12
/** After this long a runtime has done what it does after its start. */
const IDLE_MS = 10_000

const SOURCE = `export default () => ({ hello: 'world' })
`

/** Starting a stopped app until it answers, creating one until its function answers, and what an idle one weighs. */
export async function starting(bench: BenchLathe): Promise<Section> {
  const starts = await startingAgain(bench)
  const creations: number[] = []
  for (let i = 0; i < 5; i++) {
    await oneWaits(bench)
    const startedAt = performance.now()
    const app = await bench.createApp(`created ${i}`)
    await bench.createFunction(app.appid, 'hello', SOURCE)
    await answers(bench, app.appid)
    creations.push(performance.now() - startedAt)
  }
  const memory = await idleMemory(bench)
  const cold = await startsFromNothing()
  const wakes = await waking()
  const p50 = (samples: number[]) => figure(median(samples))
  const p95 = (samples: number[]) => figure(percentile(samples, 0.95))
  return {
    title: 'Starting and idling',
    text: [
      table(
        ['', 'p50 ms', 'p95 ms'],
        [
          ['stopped app, from the click on Start to its first answer', p50(starts), p95(starts)],
          ['the same without a runtime that waits (`LATHE_WARM_RUNTIMES=0`)', p50(cold), p95(cold)],
          [
            'new app with one function, from its creation to its first answer',
            p50(creations),
            p95(creations),
          ],
          ['sleeping app, from a request to its answer', p50(wakes), p95(wakes)],
        ],
      ),
      `An idle runtime, ${IDLE_MS / 1000} s after its last request: ${figure(memory.rss)} MB resident, of which ${figure(memory.pss)} MB are its own share (PSS; the rest is Node's program, shared by all runtimes).`,
    ].join('\n\n'),
    verdicts: [
      verdict('warm start <= 60 ms', `${p50(starts)} ms`, median(starts) <= 60),
      verdict('wake p95 <= 400 ms', `${p95(wakes)} ms`, percentile(wakes, 0.95) <= 400),
      verdict('idle runtime <= 50 MB RSS', `${figure(memory.rss)} MB`, memory.rss <= 50),
    ],
  }
}

/** From the click on Start until a stopped app answers; with a runtime that waits, where the server has any. */
async function startingAgain(bench: BenchLathe, isCold = false): Promise<number[]> {
  const { appid } = await bench.createApp('starts')
  await bench.createFunction(appid, 'hello', SOURCE)
  const starts: number[] = []
  for (let i = 0; i < STARTS; i++) {
    await bench.call('apps.stop', { appid })
    while ((await bench.call<AppView>('apps.get', { appid })).phase !== 'stopped') await wait(20)
    if (!isCold) await oneWaits(bench)
    const startedAt = performance.now()
    await bench.call('apps.start', { appid })
    await answers(bench, appid)
    starts.push(performance.now() - startedAt)
  }
  return starts
}

async function startsFromNothing(): Promise<number[]> {
  await using cold = await BenchLathe.start({ LATHE_WARM_RUNTIMES: '0' })
  return await startingAgain(cold, true)
}

/** Until a runtime waits for an app, and has come to rest. */
async function oneWaits(bench: BenchLathe): Promise<void> {
  for (let i = 0; i < 100 && bench.lathe.pids().warm.length === 0; i++) await wait(20)
}

/** A request to an app that sleeps, in a Lathe that lets all fall asleep at once: one app for each wake. */
async function waking(): Promise<number[]> {
  await using drowsy = await BenchLathe.start({ LATHE_IDLE_STOP: '1s' })
  const appids: string[] = []
  for (let i = 0; i < WAKES; i++) {
    const { appid } = await drowsy.createApp(`sleeper ${i}`)
    await drowsy.createFunction(appid, 'hello', SOURCE)
    appids.push(appid)
  }
  const wakes: number[] = []
  for (const appid of appids) {
    while ((await drowsy.call<AppView>('apps.get', { appid })).phase !== 'sleeping') await wait(100)
    await oneWaits(drowsy)
    const startedAt = performance.now()
    await answers(drowsy, appid)
    wakes.push(performance.now() - startedAt)
  }
  return wakes
}

/** Asks until the app's function answers 200; the gateway holds requests while the app starts. */
async function answers(bench: BenchLathe, appid: string): Promise<void> {
  while ((await status(bench, appid)) !== 200) await wait(5)
}

function status(bench: BenchLathe, appid: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { port } = bench.lathe
    const req = request({
      port,
      host: '127.0.0.1',
      path: '/hello',
      agent: false,
      headers: { host: bench.host(appid) },
    })
    req.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode!)))
    req.on('error', reject)
    req.end()
  })
}

async function idleMemory(bench: BenchLathe): Promise<{ rss: number; pss: number }> {
  const { appid } = await bench.createApp('idle')
  await bench.createFunction(appid, 'hello', SOURCE)
  const others = new Set(bench.lathe.pids().runtimes)
  await bench.call('apps.restart', { appid })
  await answers(bench, appid)
  while ((await bench.call<AppView>('apps.get', { appid })).phase !== 'running') await wait(20)
  await wait(IDLE_MS)
  const pids = bench.lathe.pids().runtimes.filter((pid) => !others.has(pid))
  // Behind a sandbox the runtime is the innermost process; the wrappers weigh next to nothing.
  const runtime = family(pids.at(-1)!).at(-1)!
  const pss = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${runtime}/smaps_rollup`, 'utf8'))![1]) / 1024
  return { rss: rssMb(runtime), pss }
}
