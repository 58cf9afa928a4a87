import { request } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import type { LogPage, RunEvent } from '@lathe/shared'
import { type Document, MongoClient } from 'mongodb'
import type { BenchLathe } from './lib/lathe.ts'
import { load } from './lib/load.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { median, percentile } from './lib/statistics.ts'

const RUNS = 60
const CASES = 1_000
const WRITING_APPS = 4
const LINES_PER_REQUEST = 50
/** Below the 2,000 lines a second that an app may write for long. */
const REQUESTS_PER_SECOND = 35
const WRITING_SECONDS = 10
const STORED_LINES = 1_000_000

const HELLO = `export default () => {
  console.log('hello')
  return { hello: 'world' }
}
`
const WRITER = `export default () => {
  for (let i = 0; i < ${LINES_PER_REQUEST}; i++) console.log('order', i, 'was paid')
  return 'written'
}
`

/** What it takes to try a function out, to run its cases, and to keep and search what apps write. */
export async function trying(bench: BenchLathe): Promise<Section> {
  const { appid } = await bench.createApp('trying')
  await bench.createFunction(appid, 'hello', HELLO)
  const runs = await runTimes(bench, appid)
  const caseRuns = await casesTimes(bench, appid)
  const written = await writing(bench)
  const searches = await searching(bench, appid)
  const response = runs.map((run) => run.response)
  const overhead = median(response) - median(runs.map((run) => run.direct))
  const row = (name: string, samples: number[]) => [
    name,
    figure(median(samples)),
    figure(percentile(samples, 0.95)),
  ]
  return {
    title: 'Trying out, testing, logging',
    text: [
      `A draft of a hello that writes one line, ${RUNS} times in turns with a direct request to the published one:`,
      table(
        ['', 'p50 ms', 'p95 ms'],
        [
          row(
            'run click to its first line',
            runs.map((run) => run.line),
          ),
          row('run click to its response', response),
          row(
            'direct request',
            runs.map((run) => run.direct),
          ),
          row(`${CASES.toLocaleString('en')} cases with two expectations each`, caseRuns),
          row('1,000,000 lines stored: those of one request', searches.byRequest),
          row('1,000,000 lines stored: the newest with a text', searches.byText),
        ],
      ),
      `${WRITING_APPS} apps wrote ${figure(written.sent / WRITING_SECONDS)} lines a second for ${WRITING_SECONDS} s: ${written.lost} of ${figure(written.sent)} were not stored. A search by text looks at ${figure(searches.lookedAt)} lines a call.`,
    ].join('\n\n'),
    verdicts: [
      verdict('run click to response <= 30 ms beyond the function', `${figure(overhead)} ms`, overhead <= 30),
      verdict('log lines lost below the rate limit: 0', `${written.lost}`, written.lost === 0),
    ],
  }
}

interface RunTimes {
  line: number
  response: number
  direct: number
}

async function runTimes(bench: BenchLathe, appid: string): Promise<RunTimes[]> {
  const both = async () => ({ ...(await oneRun(bench, appid)), direct: await direct(bench, appid) })
  await both()
  const times: RunTimes[] = []
  for (let i = 0; i < RUNS; i++) times.push(await both())
  return times
}

async function oneRun(bench: BenchLathe, appid: string): Promise<Omit<RunTimes, 'direct'>> {
  const startedAt = performance.now()
  const input = { appid, name: 'hello', source: HELLO }
  const times = { line: Number.NaN, response: Number.NaN }
  for await (const event of bench.subscribe<RunEvent>('runs.execute', input, new AbortController().signal)) {
    if (event.type === 'error') throw new Error('the run failed')
    if (event.type === 'log' && Number.isNaN(times.line)) times.line = performance.now() - startedAt
    if (event.type === 'response') times.response = performance.now() - startedAt
  }
  return times
}

function direct(bench: BenchLathe, appid: string): Promise<number> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { host: bench.host(appid) }
    request({ port: bench.lathe.port, host: '127.0.0.1', path: '/hello', headers })
      .on('response', (response) => response.resume().on('end', () => resolve(performance.now() - startedAt)))
      .on('error', reject)
      .end()
  })
}

async function casesTimes(bench: BenchLathe, appid: string): Promise<number[]> {
  for (let i = 0; i < CASES; i++) {
    await bench.call('cases.save', {
      appid,
      functionName: 'hello',
      name: `case ${i}`,
      request: { query: `n=${i}` },
      expectations: [
        { kind: 'status', status: 200 },
        { kind: 'json', path: '$.hello', match: 'equals', value: '"world"' },
      ],
    })
  }
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const startedAt = performance.now()
    let passed = 0
    const input = { appid, target: 'live' }
    for await (const event of bench.subscribe<{ type: string; result?: { state: string } }>(
      'tests.run',
      input,
      new AbortController().signal,
    )) {
      if (event.type === 'case' && event.result?.state === 'passed') passed++
    }
    if (passed !== CASES) throw new Error(`${passed} of ${CASES} cases passed`)
    times.push(performance.now() - startedAt)
  }
  return times
}

async function writing(bench: BenchLathe): Promise<{ sent: number; lost: number }> {
  const appids: string[] = []
  for (let i = 0; i < WRITING_APPS; i++) {
    const { appid } = await bench.createApp(`writer ${i}`)
    await bench.createFunction(appid, 'write', WRITER)
    appids.push(appid)
  }
  const loads = await Promise.all(
    appids.map((appid) =>
      load({
        target: { port: bench.lathe.port, host: '127.0.0.1' },
        host: bench.host(appid),
        method: 'GET',
        path: '/write',
        body: null,
        connections: 2,
        seconds: WRITING_SECONDS,
        rate: REQUESTS_PER_SECOND,
      }),
    ),
  )
  const sent = loads.reduce((sum, { requests }) => sum + requests * LINES_PER_REQUEST, 0)
  await using client = await MongoClient.connect(bench.lathe.mongoUrl)
  const logs = client.db('lathe').collection('logs')
  let stored = -1
  for (let before = -2; before !== stored; ) {
    before = stored
    await wait(1_000)
    stored = await logs.countDocuments({ appid: { $in: appids } })
  }
  // The last requests are cut off by the generator, which does not count them, and answered all the same.
  return { sent, lost: Math.max(0, sent - stored) }
}

async function searching(bench: BenchLathe, appid: string) {
  await using client = await MongoClient.connect(bench.lathe.mongoUrl)
  const logs = client.db('lathe').collection<Document & { _id: string }>('logs')
  const model = await logs.findOne({ appid })
  for (let n = 0; n < STORED_LINES; n += 5_000) {
    await logs.insertMany(
      Array.from({ length: 5_000 }, (_, i) => ({
        ...model,
        _id: (n + i).toString(16).padStart(24, '0'),
        requestId: `request-${(n + i) >> 3}`,
        text: `order ${n + i} was paid`,
      })),
    )
  }
  const timed = async (filter: object) => {
    const startedAt = performance.now()
    const page = await bench.call<LogPage>('logs.query', { appid, ...filter })
    return { ms: performance.now() - startedAt, page }
  }
  const byRequest: number[] = []
  const byText: number[] = []
  let lookedAt = 0
  for (let i = 0; i < 20; i++) {
    byRequest.push((await timed({ requestId: `request-${i * 5_000}` })).ms)
    const { ms, page } = await timed({ text: `order ${STORED_LINES - 10_000 - i} was` })
    byText.push(ms)
    lookedAt = Math.max(lookedAt, page.searched)
  }
  return { byRequest, byText, lookedAt }
}
