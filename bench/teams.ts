import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { appidFrom, type DashboardEvent } from '@lathe/shared'
import { chromium } from '@playwright/test'
import { type Document, MongoClient } from 'mongodb'
import { type BenchLathe, owner } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { interleave, median, percentile } from './lib/statistics.ts'

const CLI = fileURLToPath(new URL('../packages/cli/dist/main.js', import.meta.url))
const LOADS = 5
const UPDATES = 20
const STARTS = 20
const LIST_SECONDS = 5
const CALLERS = 8

/** A team's dashboard with 200 apps, its list with 2,000, and how soon the command line is there. */
export async function teams(bench: BenchLathe, executablePath: string): Promise<Section> {
  const { appid, teamId } = await bench.createApp('first')
  await bench.createFunction(appid, 'hello', 'export default () => 1\n')
  await using client = await MongoClient.connect(bench.lathe.mongoUrl)
  const apps = client.db('lathe').collection<Document & { _id: string }>('apps')
  const model = (await apps.findOne({ _id: appid }))!
  // As if they had been made and left one by one, which would start a process each.
  const copies = (n: number) =>
    apps.insertMany(
      Array.from({ length: n }, (_, i) => ({
        ...model,
        _id: appidFrom(randomBytes(6)),
        name: `app ${i}`,
        state: 'stopped',
        phase: 'stopped',
      })),
    )
  await copies(199)
  const loads = await dashboardLoads(bench, executablePath)
  const updates = await updateDelays(bench, teamId, appid)
  await copies(1_800)
  const list = await listing(bench, { teamId }, 2_000)
  const page = await listing(bench, { teamId, limit: 100 }, 100)
  const starts = await cliStarts()
  const complete = median(loads.map(({ ms }) => ms))
  const more = starts.help - starts.bare
  return {
    title: 'Teams',
    text: [
      table(
        ['', 'p50', 'p95'],
        [
          [
            'dashboard of 200 apps, navigation to complete (empty cache), ms',
            figure(complete),
            figure(
              percentile(
                loads.map(({ ms }) => ms),
                0.95,
              ),
            ),
          ],
          [
            'a request to its place in the sparkline, ms',
            figure(median(updates)),
            figure(percentile(updates, 0.95)),
          ],
        ],
      ),
      `The dashboard's load is ${figure(median(loads.map(({ bytes }) => bytes)) / 1000)} kB. \`apps.list\` of 2,000 apps for ${CALLERS} callers at once: ${figure(list.perSecond)} requests/s, p99 ${figure(list.p99)} ms; a page of 100 of them: ${figure(page.perSecond)} requests/s, p99 ${figure(page.p99)} ms. \`lathe --help\` ${figure(starts.help)} ms, \`node -e 1\` ${figure(starts.bare)} ms.`,
    ].join('\n\n'),
    verdicts: [
      verdict('dashboard of 200 apps complete in 800 ms', `${figure(complete)} ms`, complete <= 800),
      verdict('lathe --help within 80 ms of bare Node', `${figure(more)} ms more`, more <= 80),
    ],
  }
}

async function dashboardLoads(bench: BenchLathe, executablePath: string) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    await using first = await browser.newContext()
    await first.request.post(`${bench.lathe.url}/api/auth/sign-in/email`, {
      headers: { origin: bench.lathe.url },
      data: owner,
    })
    const storageState = await first.storageState()
    const loads: { ms: number; bytes: number }[] = []
    for (let i = 0; i < LOADS; i++) {
      await using context = await browser.newContext({ storageState })
      const page = await context.newPage()
      const network = await context.newCDPSession(page)
      let bytes = 0
      network.on('Network.dataReceived', ({ encodedDataLength }) => {
        bytes += encodedDataLength
      })
      await network.send('Network.enable')
      const startedAt = performance.now()
      await page.goto(`${bench.lathe.url}/apps`, { waitUntil: 'commit' })
      // Cards near the view are laid out, and say of how many they are.
      await page.waitForSelector('li[aria-setsize="200"] [data-card]')
      loads.push({ ms: performance.now() - startedAt, bytes })
    }
    return loads
  } finally {
    await browser.close()
  }
}

async function updateDelays(bench: BenchLathe, teamId: string, appid: string): Promise<number[]> {
  const leave = new AbortController()
  const events = bench.subscribe<DashboardEvent>('dashboard.follow', { teamId }, leave.signal)
  const requestsOf = async () => {
    for (;;) {
      const { value, done } = await events.next()
      if (done) throw new Error('the dashboard ended')
      const app = value.apps.find((one) => one.appid === appid)
      if (app) return app.requests.reduce((sum, n) => sum + n, 0)
    }
  }
  const delays: number[] = []
  let before = await requestsOf()
  for (let i = 0; i < UPDATES; i++) {
    const startedAt = performance.now()
    await visit(bench, appid)
    let now = before
    while (now === before) now = await requestsOf()
    delays.push(performance.now() - startedAt)
    before = now
  }
  leave.abort()
  return delays
}

function visit(bench: BenchLathe, appid: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { host: bench.host(appid) }
    request({ port: bench.lathe.port, host: '127.0.0.1', path: '/hello', headers })
      .on('response', (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end()
  })
}

async function listing(
  bench: BenchLathe,
  input: { teamId: string; limit?: number },
  expected: number,
): Promise<{ perSecond: number; p99: number }> {
  const times: number[] = []
  const until = performance.now() + LIST_SECONDS * 1_000
  const caller = async () => {
    while (performance.now() < until) {
      const startedAt = performance.now()
      const apps = await bench.query<unknown[]>('apps.list', input)
      if (apps.length !== expected) throw new Error(`${apps.length} apps`)
      times.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: CALLERS }, caller))
  return { perSecond: times.length / LIST_SECONDS, p99: percentile(times, 0.99) }
}

async function cliStarts(): Promise<{ help: number; bare: number }> {
  const programs = [
    [CLI, '--help'],
    ['-e', '1'],
  ]
  const run = promisify(execFile)
  const results = await interleave(STARTS, programs, async (args) => {
    const startedAt = performance.now()
    await run(process.execPath, args)
    return performance.now() - startedAt
  })
  const [help, bare] = programs.map((program) => median(results.get(program)!))
  return { help: help!, bare: bare! }
}
