import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRegistry, type TestRegistry } from './fixtures/registry.ts'
import type { Plan, Report, Seen } from './fixtures/steady-load.ts'
import { publish, runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'

const LOAD = fileURLToPath(new URL('./fixtures/steady-load.ts', import.meta.url))
const RATE = 220
const PUBLISHES = 100

const STEADY = `import plain from 'plain'
import { revision } from './version'
export default (ctx) => ({ n: Number(ctx.query.n), body: ctx.body ?? null, revision, mark: process.env.MARK, plain })`
const STREAM = `import { revision } from './version'
export default async function* () {
  yield revision + ' '
  await new Promise((resolve) => setTimeout(resolve, 700))
  yield String((await import('./version')).revision)
}`
const SLOW = `export default async function* () {
  yield 'begun '
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  yield 'ended'
}`
const version = (revision: number) => `export const revision = ${revision}`

let registry: TestRegistry
let stack: Stack
beforeAll(async () => {
  registry = await startRegistry()
  for (const one of ['1.0.0', '2.0.0']) {
    await registry.publish({ name: 'plain', version: one }, { 'index.js': `module.exports = '${one}'` })
  }
  stack = await startStack({ LATHE_REGISTRY: registry.url })
})
afterAll(async () => {
  await stack?.[Symbol.asyncDispose]()
  await registry?.[Symbol.asyncDispose]()
})

/** What a value was, and from when to when it was being changed: which ones a request may find. */
class History<T> {
  #changes: { value: T; begunAt: number; doneAt: number }[]

  constructor(first: T) {
    this.#changes = [{ value: first, begunAt: 0, doneAt: 0 }]
  }

  async change<R>(value: T, how: () => Promise<R>): Promise<R> {
    const change = { value, begunAt: Date.now() - 1, doneAt: Number.POSITIVE_INFINITY }
    this.#changes.push(change)
    const result = await how()
    change.doneAt = Date.now() + 1
    return result
  }

  /** The value that was in force when the request was sent, and those that came before it was answered. */
  possible({ sentAt, doneAt }: { sentAt: number; doneAt: number }): T[] {
    const inForce = this.#changes.findLastIndex((change) => change.doneAt <= sentAt)
    return this.#changes.filter((change, i) => i >= inForce && change.begunAt <= doneAt).map((c) => c.value)
  }
}

function startLoad(plan: Plan): { stop(): Promise<Report> } {
  const child = fork(LOAD, [JSON.stringify(plan)])
  return {
    async stop() {
      const answer = once(child, 'message')
      child.send('stop')
      const [report] = await answer
      return report as Report
    },
  }
}

/** A request that is under way while something happens. */
async function during(address: string, path: string, what: () => Promise<unknown>): Promise<string> {
  const { host, port } = new URL(address)
  const asked = request({ host: '127.0.0.1', port, path, headers: { host } }).end()
  const [answer] = await once(asked, 'response')
  await what()
  return text(answer)
}

/** Enough to see what is wrong: thousands would keep the report busy. */
const some = (seen: Seen[]) => seen.slice(0, 5)

test('no request fails, and none sees anything but old or new, whatever changes under a steady load', async () => {
  const { api, lathe } = stack
  const { appid, url } = await runningApp(stack, 'steady')
  const setMark = (value: string) => api.call('env.set', { appid, variables: [{ name: 'MARK', value }] })
  const add = (range: string) => api.call('dependencies.add', { appid, packages: [{ name: 'plain', range }] })
  await setMark('a')
  await add('1.0.0')
  await publish(stack, appid, 'version', version(1))
  await publish(stack, appid, 'steady', STEADY)
  await publish(stack, appid, 'stream', STREAM)
  await publish(stack, appid, 'slow', SLOW)

  const revisions = new History(1)
  const marks = new History('a')
  const packages = new History('1.0.0')
  let live = 1
  const publishNext = () => {
    const source = version(live + 1)
    const next = { appid, name: 'version', source, baseRevision: live }
    return revisions.change(++live, () => api.call('functions.publish', next))
  }
  const { host, port } = new URL(url)
  const load = startLoad({
    port: Number(port),
    host,
    path: '/steady',
    rate: RATE,
    streamPath: '/stream',
    streams: 4,
  })

  for (let i = 0; i < PUBLISHES / 2; i++) await publishNext()
  await api.call('apps.rename', { appid, name: 'renamed' })
  const renamed = { appid, name: 'slow', newName: 'moved/slow' }
  expect(await during(url, '/slow', () => api.call('functions.rename', renamed))).toBe('begun ended')
  expect(await during(url, '/moved/slow', () => publishNext())).toBe('begun ended')
  await marks.change('b', () => setMark('b'))
  await packages.change('2.0.0', () => add('2.0.0'))
  expect(await during(url, '/moved/slow', () => api.call('apps.restart', { appid }))).toBe('begun ended')
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const before = lathe.pids().api
    process.kill(before!, signal)
    await eventually(async () => {
      const { replicas } = await api.call('apps.get', { appid })
      return lathe.pids().api !== before && replicas.live === 1
    }, `the api after ${signal}`)
    await publishNext()
    expect(await during(url, '/moved/slow', () => api.call('apps.restart', { appid }))).toBe('begun ended')
  }
  while (live <= PUBLISHES) await publishNext()
  const { answers, streams, seconds } = await load.stop()

  expect(some(answers.filter(({ status }) => status !== 200))).toEqual([])
  expect(some(streams.filter(({ status }) => status !== 200))).toEqual([])
  expect(answers.length).toBeGreaterThanOrEqual(Math.floor(200 * seconds))
  const wrong = answers.filter((seen, i) => {
    const { n, body, revision, mark, plain } = JSON.parse(seen.text)
    const isOwn = n === i && body === (i % 2 ? `body ${i}` : null)
    const isOldOrNew =
      revisions.possible(seen).includes(revision) &&
      marks.possible(seen).includes(mark) &&
      packages.possible(seen).includes(plain)
    return !isOwn || !isOldOrNew
  })
  expect(some(wrong)).toEqual([])
  // What began on a revision ends on it, though others are published meanwhile.
  expect(streams.length).toBeGreaterThan(4)
  for (const { text: seen } of streams) expect(seen).toMatch(/^(\d+) \1$/)
  expect(revisions.possible({ sentAt: Date.now() + 2, doneAt: Date.now() + 2 })).toEqual([PUBLISHES + 1])
}, 240_000)
