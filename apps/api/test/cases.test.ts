import type { CaseResult, CaseSave, CaseView, TestEvent } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish, runningApp } from './support/apps.ts'
import { type Stack, startStack } from './support/stack.ts'

let stack: Stack
let appid: string
beforeAll(async () => {
  stack = await startStack()
  ;({ appid } = await runningApp(stack))
  await publish(
    stack,
    appid,
    'echo',
    `export default (ctx) => {
  console.log('asked', ctx.query.n)
  return { id: ctx.query.n ?? 'none', at: Date.now(), tags: ['a', 'b'], body: ctx.body ?? null }
}`,
  )
})
afterAll(() => stack[Symbol.asyncDispose]())

const save = (part: Partial<CaseSave>): Promise<CaseView> =>
  stack.api.call('cases.save', { appid, functionName: 'echo', name: 'a case', expectations: [], ...part })

async function run(input: object = {}): Promise<TestEvent[]> {
  const events: TestEvent[] = []
  for await (const event of stack.api.subscribe('tests.run', { appid, ...input })) {
    events.push(event as TestEvent)
  }
  return events
}

const resultsOf = (events: TestEvent[]): CaseResult[] =>
  events.flatMap((event) => (event.type === 'case' ? [event.result] : []))

async function only(saved: CaseView, target = 'live'): Promise<CaseResult> {
  const [result] = resultsOf(await run({ target, only: { cases: [saved.id] } }))
  if (!result) throw new Error('no result')
  return result
}

describe('a case', () => {
  test('holds when everything that is expected of the answer does', async () => {
    const saved = await save({
      name: 'all kinds',
      request: { method: 'POST', query: 'n=7', headers: { 'x.y$': '1' }, body: '{"$set":{"a.b":1}}' },
      expectations: [
        { kind: 'status', status: 200 },
        { kind: 'header', name: 'Content-Type', match: 'contains', value: 'json' },
        { kind: 'json', path: '$.id', match: 'equals', value: '"7"' },
        { kind: 'json', path: '$.tags', match: 'contains', value: '"b"' },
        { kind: 'json', path: '$.body["$set"]["a.b"]', match: 'equals', value: '1' },
        {
          kind: 'schema',
          schema: '{"type":"object","required":["id"],"properties":{"at":{"type":"integer"}}}',
        },
        {
          kind: 'body',
          body: '{"id":"7","at":0,"tags":["a","b"],"body":{"$set":{"a.b":1}}}',
          ignore: ['$.at'],
        },
        { kind: 'duration', maxMs: 60_000 },
      ],
    })
    const result = await only(saved)
    expect(result).toMatchObject({ state: 'passed', status: 200, error: null })
    expect(result.checks.map(({ passed }) => passed)).toEqual(Array(8).fill(true))
  })

  test('says of each expectation that does not hold why, with both sides', async () => {
    const saved = await save({
      expectations: [
        { kind: 'status', status: 404 },
        { kind: 'header', name: 'x-none', match: 'exists' },
        { kind: 'json', path: '$.nope', match: 'exists' },
        { kind: 'json', path: '$.tags', match: 'equals', value: '["b"]' },
        { kind: 'schema', schema: '{"required":["missing"]}' },
        { kind: 'body', body: '{"id":"other"}', ignore: ['$.at'] },
        { kind: 'duration', maxMs: 0.001 },
        { kind: 'json', path: '$[?bad(', match: 'exists' },
      ],
    })
    const { state, checks } = await only(saved)
    expect(state).toBe('failed')
    expect(checks.map(({ passed }) => passed)).toEqual(Array(8).fill(false))
    expect(checks[0]).toMatchObject({ expected: '404', actual: '200' })
    expect(checks[3]).toMatchObject({ subject: '$.tags', expected: expect.stringContaining('"b"') })
    expect(checks[4]?.message).toContain('missing')
    expect(checks[5]?.actual).not.toContain('"at"')
  })

  test('with an expression that backtracks for ever fails, and the others go on', async () => {
    const slow = await save({
      request: { query: `n=${'a'.repeat(40)}!` },
      expectations: [{ kind: 'json', path: '$.id', match: 'matches', value: '"^(a+)+$"' }],
    })
    const quick = await save({ expectations: [{ kind: 'status', status: 200 }] })
    const results = resultsOf(await run({ target: 'live', only: { cases: [slow.id, quick.id] } }))
    expect(results.map(({ state }) => state)).toEqual(['failed', 'passed'])
    expect(results[0]?.checks[0]?.message).toContain('within')
  })

  test('sends bytes as they are', async () => {
    await publish(stack, appid, 'size', 'export default (ctx) => ctx.body.length')
    const saved = await save({
      functionName: 'size',
      request: {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: '//4A',
        bodyEncoding: 'base64',
      },
      expectations: [{ kind: 'body', body: '3' }],
    })
    expect(await only(saved)).toMatchObject({ state: 'passed' })
  })
})

describe('cases', () => {
  test('run the draft or what is live, with their output, and are counted', async () => {
    await publish(stack, appid, 'which', 'export default () => "live"')
    await stack.api.call('functions.saveDraft', {
      appid,
      name: 'which',
      source: 'export default () => { console.log("here"); return "draft" }',
      baseRevision: 1,
    })
    const saved = await save({ functionName: 'which', expectations: [{ kind: 'body', body: 'draft' }] })
    expect(await only(saved, 'live')).toMatchObject({ state: 'failed' })
    const events = await run({ only: { functions: ['which'] } })
    expect(events[0]).toMatchObject({ type: 'begin', cases: 1 })
    const [result] = resultsOf(events)
    expect(result).toMatchObject({ state: 'passed' })
    const line = events.find((event) => event.type === 'log')
    expect(line).toMatchObject({ line: { text: 'here', requestId: result?.requestId } })
    expect(events.at(-1)).toMatchObject({ type: 'end', counts: { passed: 1, failed: 0 } })
  })

  test('of a draft that does not compile fail with the reason', async () => {
    await stack.api.call('functions.create', { appid, name: 'broken', source: 'not even {' })
    const saved = await save({ functionName: 'broken' })
    expect(await only(saved, 'draft')).toMatchObject({
      state: 'failed',
      status: null,
      error: expect.stringContaining('broken.ts'),
    })
  })

  test('are listed in an order that can be changed, follow a rename, and come back after deletion', async () => {
    await publish(stack, appid, 'list/a', 'export default () => 1')
    const saved: CaseView[] = []
    for (const name of ['1', '2', '3']) saved.push(await save({ functionName: 'list/a', name }))
    const names = async () =>
      (await stack.api.call('cases.list', { appid, functionName: 'list/b' })).map(({ name }) => name)
    await stack.api.call('functions.rename', { appid, name: 'list/a', newName: 'list/b' })
    expect(await names()).toEqual(['1', '2', '3'])
    const [first, , third] = saved as [CaseView, CaseView, CaseView]
    await stack.api.call('cases.move', { appid, id: third.id, before: first.id })
    expect(await names()).toEqual(['3', '1', '2'])
    for (let turn = 0; turn < 60; turn++) {
      const [last, head] = (await stack.api.call('cases.list', { appid, functionName: 'list/b' })).slice(0, 2)
      await stack.api.call('cases.move', { appid, id: head!.id, before: last!.id })
    }
    expect(await names()).toEqual(['3', '1', '2'])
    await stack.api.call('cases.delete', { appid, id: first.id })
    expect(await names()).toEqual(['3', '2'])
    await stack.api.call('cases.restore', { appid, id: first.id })
    expect(await names()).toEqual(['3', '1', '2'])
    await stack.api.call('cases.move', { appid, id: third.id, before: null })
    expect(await names()).toEqual(['1', '2', '3'])
  })

  test('of a whole run are remembered by the app, for the dashboard; those of a part are not', async () => {
    const { appid } = await runningApp(stack, 'remembers')
    await publish(stack, appid, 'one', 'export default () => 1')
    const ofApp = (status: number): Promise<CaseView> =>
      stack.api.call('cases.save', {
        appid,
        functionName: 'one',
        name: `is ${status}`,
        expectations: [{ kind: 'status', status }],
      })
    const good = await ofApp(200)
    await ofApp(404)
    const runAll = async (input: object) => {
      for await (const _ of stack.api.subscribe('tests.run', { appid, ...input })) {
        // Read to its end.
      }
      return (await stack.api.call('apps.get', { appid })).lastTests
    }
    expect(await runAll({ only: { cases: [good.id] } })).toBeNull()
    expect(await runAll({})).toMatchObject({ passed: 1, failed: 1, skipped: 0, at: expect.any(String) })
  })

  test('of another app are not there', async () => {
    const other = await runningApp(stack, 'other')
    const saved = await save({})
    for (const verb of ['cases.delete', 'cases.restore'] as const) {
      await expect(stack.api.call(verb, { appid: other.appid, id: saved.id })).rejects.toMatchObject({
        reason: 'NOT_FOUND',
      })
    }
    const events: TestEvent[] = []
    const input = { appid: other.appid, only: { cases: [saved.id] } }
    for await (const event of stack.api.subscribe('tests.run', input)) events.push(event as TestEvent)
    expect(events.at(-1)).toMatchObject({ type: 'end', counts: { passed: 0, failed: 0 } })
  })

  test('refuse what is no JSON, no path and no header', async () => {
    const bad: Partial<CaseSave>[] = [
      { expectations: [{ kind: 'json', path: '$.a', match: 'equals', value: '{' }] },
      { expectations: [{ kind: 'json', path: 'a', match: 'exists' }] },
      { request: { headers: { 'a b': '1' } } },
    ]
    for (const part of bad) {
      await expect(save(part)).rejects.toMatchObject({ reason: 'INVALID_INPUT' })
    }
  })
})
