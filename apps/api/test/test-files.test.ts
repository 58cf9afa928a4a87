import type { TestEvent, TestResult } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
let appid: string
let url: string
beforeAll(async () => {
  stack = await startStack()
  ;({ appid, url } = await runningApp(stack))
  await publish(
    stack,
    appid,
    'lib/prices',
    'export const total = (list: number[]) => list.reduce((a, b) => a + b, 0)',
  )
  await publish(
    stack,
    appid,
    'orders',
    `import cloud from '@lathe/cloud'
import { total } from '@/lib/prices'
export default async (ctx) => {
  if (ctx.method === 'POST') await cloud.mongo.db.collection('orders').insertOne({ price: ctx.body.price })
  const all = await cloud.mongo.db.collection('orders').find().toArray()
  if (ctx.query.never) {
    return 'not executed'
  }
  return { count: all.length, total: total(all.map((one) => one.price)) }
}`,
  )
  await create('orders.test', ordersTest)
  await create(
    'lib/prices.test',
    `import { test } from 'node:test'
import { expect } from '@lathe/cloud/test'
import { total } from './prices'
test('adds', () => expect(total([1, 2])).toBe(3))`,
  )
})
afterAll(() => stack[Symbol.asyncDispose]())

const ordersTest = `import { describe, it } from 'node:test'
import { expect, request } from '@lathe/cloud/test'

describe('orders', () => {
  it('begin empty', async () => {
    console.log('looking')
    expect(await (await request('/orders')).json()).toEqual({ count: 0, total: 0 })
  })
  it('add up', async () => {
    const answer = await request('/orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ price: 5 }),
    })
    expect(await answer.json()).toEqual({ count: 1, total: 5 })
  })
})
`

const create = (name: string, source: string) => stack.api.call('functions.create', { appid, name, source })

async function run(input: object = {}, signal?: AbortSignal): Promise<TestEvent[]> {
  const events: TestEvent[] = []
  for await (const event of stack.api.subscribe('tests.run', { appid, ...input }, signal)) {
    events.push(event as TestEvent)
  }
  return events
}

/** The last result of each test, by name. */
function resultsOf(events: TestEvent[]): Map<string, TestResult> {
  return new Map(
    events.flatMap((event) => (event.type === 'test' ? [[event.result.name, event.result]] : [])),
  )
}

const statesOf = (events: TestEvent[]) =>
  Object.fromEntries([...resultsOf(events)].map(([name, { state }]) => [name, state]))

async function databases(): Promise<string[]> {
  const client = await MongoClient.connect(stack.lathe.mongoUrl)
  try {
    const { databases: found } = await client.db().admin().listDatabases({ nameOnly: true })
    return found.map(({ name }) => name).filter((name) => name.startsWith('test_'))
  } finally {
    await client.close()
  }
}

describe('files of tests', () => {
  test('run in a runtime and a database of their own, and the app’s stay as they are', async () => {
    await visit(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"price":100}',
    })
    const events = await run()
    expect(events[0]).toMatchObject({ type: 'begin', files: ['lib/prices.test', 'orders.test'] })
    expect(statesOf(events)).toEqual({
      adds: 'passed',
      orders: 'passed',
      'begin empty': 'passed',
      'add up': 'passed',
    })
    expect(resultsOf(events).get('add up')).toMatchObject({
      file: 'orders.test',
      parent: resultsOf(events).get('orders')?.id,
      place: { file: 'orders.test.ts', line: 9 },
    })
    const line = events.find((event) => event.type === 'log' && event.line.text === 'looking')
    expect(line).toMatchObject({ line: { test: 'orders > begin empty' } })
    expect(events.find((event) => event.type === 'coverage')).toMatchObject({
      functions: [
        { name: 'lib/prices', lines: 1, covered: 1, uncovered: [] },
        { name: 'orders', uncovered: [[7, 7]] },
      ],
    })
    expect(events.at(-1)).toMatchObject({ type: 'end', counts: { passed: 3, failed: 0, skipped: 0 } })
    expect(JSON.parse((await visit(`${url}/orders`)).text)).toEqual({ count: 1, total: 100 })
    expect(await databases()).toEqual([])
  })

  test('try drafts, and only those tests that are asked for', async () => {
    await stack.api.call('functions.saveDraft', {
      appid,
      name: 'lib/prices',
      source: 'export const total = () => 42',
      baseRevision: 1,
    })
    const affected = await run({ only: { affectedBy: ['lib/prices'] } })
    expect(statesOf(affected)).toMatchObject({ adds: 'failed', 'add up': 'failed' })
    expect(resultsOf(affected).get('adds')?.failure).toMatchObject({ expected: '3', actual: '42' })
    const some = await run({ only: { files: [{ name: 'orders.test', tests: ['orders add up'] }] } })
    expect(statesOf(some)).toEqual({ orders: 'failed', 'add up': 'failed' })
    expect(statesOf(await run({ target: 'live', only: { files: [{ name: 'lib/prices.test' }] } }))).toEqual({
      adds: 'passed',
    })
    await create('unrelated', 'export default () => 1')
    const none = await run({ only: { affectedBy: ['unrelated'] } })
    expect(none).toMatchObject([{ type: 'begin', files: [] }, { type: 'end' }])
  })

  test('that do not compile, or import what does not, fail and say why', async () => {
    await create('bad/source', 'export const x = {')
    await create('bad/source.test', `import { x } from './source'\nx()`)
    await create('bad/none.test', `import { x } from '@/nowhere'\nx()`)
    const events = await run({ only: { files: [{ name: 'bad/source.test' }, { name: 'bad/none.test' }] } })
    expect(resultsOf(events).get('bad/source.test')?.failure?.message).toContain('bad/source.ts')
    expect(resultsOf(events).get('bad/none.test')?.failure?.message).toContain('nowhere')
    expect(events.at(-1)).toMatchObject({ counts: { failed: 2 } })
    for (const name of ['bad/source', 'bad/source.test', 'bad/none.test']) {
      await stack.api.call('functions.delete', { appid, name })
    }
  })

  test('that never end are ended by their caller, and nothing of them is left', async () => {
    await create(
      'endless.test',
      `import cloud from '@lathe/cloud'
import { test } from 'node:test'
test('endless', async () => {
  await cloud.mongo.db.collection('left').insertOne({ behind: true })
  console.log('written')
  await new Promise(() => {})
})`,
    )
    const gone = new AbortController()
    const events = stack.api.subscribe(
      'tests.run',
      { appid, only: { files: [{ name: 'endless.test' }] } },
      gone.signal,
    )
    const next = async () => (await events.next()).value as TestEvent
    while ((await next()).type !== 'log') {}
    expect((await databases()).length).toBe(1)
    gone.abort()
    await eventually(async () => (await databases()).length === 0 && true, 'the database dropped')
    await eventually(async () => stack.lathe.pids().runtimes.length === 1 && true, 'the runtime ended')
    await stack.api.call('functions.delete', { appid, name: 'endless.test' })
  })

  test('are never live, and stay files of tests', async () => {
    for (const [procedure, input] of [
      ['functions.publish', { name: 'orders.test', baseRevision: 0 }],
      ['functions.rename', { name: 'orders.test', newName: 'orders2' }],
      ['functions.rename', { name: 'orders', newName: 'orders2.test' }],
    ] as const) {
      await expect(stack.api.call(procedure, { appid, ...input })).rejects.toMatchObject({
        reason: 'INVALID_INPUT',
      })
    }
    expect((await visit(`${url}/orders.test`)).status).toBe(404)
  })
})

describe('tests must pass to publish', () => {
  test('where an app says so: what fails is named, and nothing is published', async () => {
    const app = await runningApp(stack, 'gated')
    const of = { appid: app.appid }
    await publish(stack, app.appid, 'rate', 'export const rate = () => 2\nexport default () => rate()')
    await stack.api.call('functions.create', {
      ...of,
      name: 'rate.test',
      source: `import { test } from 'node:test'
import { expect, request } from '@lathe/cloud/test'
test('doubles', async () => expect(await (await request('/rate')).text()).toBe('2'))`,
    })
    const wrong = 'export const rate = () => 3\nexport default () => rate()'
    await stack.api.call('cases.save', {
      ...of,
      functionName: 'rate',
      name: 'is two',
      expectations: [{ kind: 'body', body: '2' }],
    })
    const { testsGatePublish } = await stack.api.call('apps.update', { ...of, testsGatePublish: true })
    expect(testsGatePublish).toBe(true)
    await expect(publish(stack, app.appid, 'rate', wrong)).rejects.toMatchObject({
      reason: 'TESTS_FAILED',
      details: {
        failed: expect.arrayContaining([
          expect.objectContaining({ owner: 'rate', name: 'is two', caseId: expect.any(String) }),
          expect.objectContaining({ owner: 'rate.test', name: 'doubles', place: expect.anything() }),
        ]),
      },
    })
    expect((await visit(`${app.url}/rate`)).text).toBe('2')
    await expect(
      publish(stack, app.appid, 'rate', '// two\nexport const rate = () => 2\nexport default () => rate()'),
    ).resolves.toMatchObject({ revision: 2 })
    await stack.api.call('apps.update', { ...of, testsGatePublish: false })
    await expect(publish(stack, app.appid, 'rate', wrong)).resolves.toMatchObject({ revision: 3 })

    const ask = (query: string) =>
      fetch(`${stack.lathe.url}/api/apps/${app.appid}/tests${query}`, {
        method: 'POST',
        headers: stack.api.headers,
      })
    const failing = await ask('?format=junit&target=live')
    expect(failing.status).toBe(422)
    const xml = await failing.text()
    expect(xml).toContain('<testsuites name="Lathe" tests="2" failures="2"')
    expect(xml).toContain('<testcase classname="rate.test" name="doubles"')
    await publish(stack, app.appid, 'rate', 'export const rate = () => 2\nexport default () => rate()')
    const passing = await ask('')
    expect(passing.status).toBe(200)
    expect(await passing.json()).toMatchObject({ passed: true, counts: { passed: 2, failed: 0 } })
  })
})
