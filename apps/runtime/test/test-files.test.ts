import type { FunctionUnit, RuntimeUp, TestReport } from '@lathe/shared'
import { afterEach, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess | undefined
afterEach(() => runtime?.stop())

const functions = {
  'users/list': `import { double } from '@/util'
export default async (ctx) => {
  console.log('listing')
  if (ctx.method === 'POST') return { got: ctx.body }
  return { n: double(Number(ctx.query.n ?? 1)) }
}`,
  util: `export const double = (n: number) => n * 2
export const never = () => {
  return 'never'
}`,
}

type Done = Extract<RuntimeUp, { type: 'test-done' }>

/** Runs files of tests; gives the last report of each, by name. */
async function run(
  files: Record<string, string>,
  names: string[] | null = null,
): Promise<{ reports: Map<string, TestReport>; done: Done }> {
  const units = (sources: Record<string, string>): FunctionUnit[] =>
    Object.entries(sources).map(([name, source]) => unit(name, source))
  runtime = await RuntimeProcess.start({ functions: units(functions), side: 'test' })
  const runId = 'tests'
  runtime.api.send({
    type: 'test',
    runId,
    runToken: 't'.repeat(40),
    files: units(files),
    names,
  })
  const done = await runtime.api.message('test-done')
  const reports = new Map<string, TestReport>()
  for (const message of runtime.api.received) {
    if (message.type === 'test-reports') for (const one of message.reports) reports.set(one.name, one)
  }
  return { reports, done }
}

describe('a file of tests', () => {
  test('imports functions, calls them over HTTP, and is told with places in TypeScript', async () => {
    const { reports, done } = await run({
      'users/list.test': `import { describe, it } from 'node:test'
import { expect, request } from '@lathe/cloud/test'
import { double } from '../util'

interface Answer { n: number }

describe('users', () => {
  it('doubles', () => {
    console.log('said in a test')
    expect(double(2)).toBe(4)
  })
  it('answers', async () => {
    const answer = await request('/users/list?n=3')
    expect(answer.status).toBe(200)
    expect((await answer.json()) as Answer).toEqual({ n: 7 })
  })
  it('takes a body', async () => {
    const answer = await request('users/list', { method: 'POST', body: JSON.stringify({ a: 1 }), headers: { 'content-type': 'application/json' } })
    expect(await answer.json()).toEqual({ got: { a: 1 } })
  })
  it('later', { skip: true }, () => {})
})
`,
    })
    expect(done.errors).toEqual([])
    expect(reports.get('doubles')).toMatchObject({
      state: 'passed',
      kind: 'test',
      place: { file: 'users/list.test.ts', line: 8 },
    })
    expect(reports.get('takes a body')).toMatchObject({ state: 'passed' })
    expect(reports.get('later')).toMatchObject({ state: 'skipped' })
    const failed = reports.get('answers')
    expect(failed).toMatchObject({
      state: 'failed',
      failure: {
        expected: expect.stringContaining('n: 7'),
        actual: expect.stringContaining('n: 6'),
        place: { file: 'users/list.test.ts', line: 15 },
      },
    })
    expect(reports.get('users')).toMatchObject({ state: 'failed', kind: 'suite', parentId: 0 })
    expect(failed?.parentId).toBe(reports.get('users')?.id)
    const line = await runtime!.api.line(({ text }) => text === 'said in a test')
    expect(line).toMatchObject({ runId: 'tests', test: 'users > doubles', functionName: 'users/list.test' })
    const called = await runtime!.api.line(({ text }) => text === 'listing')
    expect(called).toMatchObject({ runId: 'tests', functionName: 'users/list', test: 'users > answers' })
    const covered = done.coverage.find(({ name }) => name === 'util')
    expect(covered?.ranges.some(([, , count]) => count === 0)).toBe(true)
  })

  test('is told of what its tests leave behind, and of assertions of Node', async () => {
    const { reports } = await run({
      'odd.test': `import assert from 'node:assert/strict'
import test, { mock } from 'node:test'
test('stray', async () => {
  setTimeout(() => { throw new Error('nobody catches this') }, 1)
  await new Promise((resolve) => setTimeout(resolve, 30))
})
test('assert', () => assert.deepEqual({ a: 1 }, { a: 2 }))
test('text', () => { throw 'just a text' })
test('clock', () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  let rang = false
  setTimeout(() => { rang = true }, 1e6)
  mock.timers.tick(1e6)
  mock.timers.reset()
  assert.ok(rang)
})
`,
    })
    expect(reports.get('stray')).toMatchObject({
      state: 'failed',
      failure: { message: 'nobody catches this' },
    })
    expect(reports.get('assert')?.failure).toMatchObject({
      message: expect.not.stringContaining('\n'),
      actual: expect.stringContaining('a: 1'),
    })
    expect(reports.get('text')?.failure?.message).toBe('just a text')
    expect(reports.get('clock')).toMatchObject({ state: 'passed' })
  })

  test('runs only the tests that are named', async () => {
    const { reports } = await run(
      {
        'some.test': `import { describe, it } from 'node:test'
describe('a (b)', () => { it('one', () => {}); it('two', () => {}) })
it('three', () => {})
`,
      },
      ['a (b) two'],
    )
    expect([...reports].filter(([, { kind }]) => kind === 'test').map(([name]) => name)).toEqual(['two'])
  })

  test('that cannot be loaded is an error, and the others run', async () => {
    const { reports, done } = await run({
      'bad.test': `import { nothing } from '@/util'\nnothing()`,
      'good.test': `import { test } from 'node:test'\ntest('good', () => {})`,
    })
    expect(done.errors).toMatchObject([{ name: 'bad.test', message: expect.stringContaining('nothing') }])
    expect(reports.get('good')).toMatchObject({ state: 'passed' })
  })
})

test('what tests import is not there for functions of a runtime that serves', async () => {
  const source = `import { expect } from '@lathe/cloud/test'\nexport default () => expect(1).toBe(1)`
  runtime = await RuntimeProcess.start({ functions: [unit('f', source)] })
  expect((await runtime.ask('/f')).status).toBe(500)
})
