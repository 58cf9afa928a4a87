import { RUN_TOKEN_HEADER } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

const LIMIT = { timeoutMs: 600 }
let runtime: RuntimeProcess

beforeAll(async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit('hello', 'export default () => "hi"'),
      unit(
        'waits',
        'export default async () => { await new Promise(r => setTimeout(r, 300)); return "kept" }',
      ),
      unit('sync', 'interface A {}\n\nexport default () => {\n  for (;;) {}\n}', LIMIT),
      unit(
        'finally',
        'export default () => {\n  try {\n    for (;;) {}\n  } finally {\n    for (;;) {}\n  }\n}',
        LIMIT,
      ),
      unit(
        'timer',
        'export default () => new Promise(() => {\n  setTimeout(() => {\n    for (;;) {}\n  }, 5)\n})',
        LIMIT,
      ),
      unit(
        'immediate',
        'export default () => new Promise(() => {\n  setImmediate(() => {\n    for (;;) {}\n  })\n})',
        LIMIT,
      ),
      unit('awaited', 'export default async () => {\n  await null\n  for (;;) {}\n}', LIMIT),
      unit(
        'later',
        'export default async () => {\n  await new Promise(r => setTimeout(r, 5))\n  for (;;) {}\n}',
        LIMIT,
      ),
      unit('microtasks', 'export default async () => {\n  for (;;) await null\n}', LIMIT),
      unit(
        'ticks',
        'export default () => new Promise(() => {\n  const again = () => process.nextTick(again)\n  again()\n})',
        LIMIT,
      ),
      unit('regex', 'export default () =>\n  /(a+)+$/.test("a".repeat(40) + "b")', LIMIT),
      unit('util', 'export function spin() {\n\n\n  for (;;) {}\n}'),
      unit('imported', 'import { spin } from "@/util"\nexport default () => { spin() }', LIMIT),
      unit(
        'stray',
        'export default () => {\n  setTimeout(() => {\n    for (;;) {}\n  }, 5)\n  return "answered"\n}',
        LIMIT,
      ),
    ],
  })
})
afterAll(() => runtime.stop())

describe('code that blocks the process past its limit is stopped at its line, and the others go on', () => {
  test.each([
    ['sync', 'sync.ts:4'],
    ['finally', 'finally.ts:3'],
    ['timer', 'timer.ts:3'],
    ['immediate', 'immediate.ts:3'],
    ['awaited', 'awaited.ts:3'],
    ['later', 'later.ts:3'],
    ['microtasks', 'microtasks.ts:2'],
    ['regex', 'regex.ts:2'],
    ['imported', 'util.ts:4'],
  ])('%s', async (name, place) => {
    const guilty = runtime.ask(`/${name}`, { agent: false })
    await runtime.ask('/hello', { agent: false })
    const others = await Promise.all([1, 2, 3].map(() => runtime.ask('/hello', { agent: false })))
    expect(others.map((answer) => answer.text)).toEqual(['hi', 'hi', 'hi'])
    const answer = await guilty
    expect([answer.status, answer.json.error.code]).toEqual([504, 'FUNCTION_TIMEOUT'])
    expect(answer.json.error.message).toContain(place)
    const line = await runtime.api.line((l) => l.functionName === name && l.text.startsWith('Stopped'))
    expect(line.text).toContain(place)
    expect(line.requestId).toBe(answer.json.error.requestId)
    expect(runtime.child.exitCode).toBe(null)
  })

  test('ticks that schedule one another for ever end, and the others go on', async () => {
    const guilty = runtime.ask('/ticks', { agent: false })
    expect((await runtime.ask('/hello', { agent: false })).text).toBe('hi')
    expect((await guilty).status).toBe(504)
    await runtime.api.line((line) => line.functionName === 'ticks' && line.text.startsWith('Stopped'))
    expect((await runtime.ask('/hello')).text).toBe('hi')
  })

  test('stray: also when its request has been answered', async () => {
    expect((await runtime.ask('/stray')).text).toBe('answered')
    const line = await runtime.api.line((l) => l.functionName === 'stray' && l.text.startsWith('Stopped'))
    expect(line.text).toContain('stray.ts:3')
    expect((await runtime.ask('/hello')).text).toBe('hi')
  })

  test('a run that is cancelled is stopped at once, and what it wrote before shows while it blocks', async () => {
    const source = 'export default () => {\n  console.log("about to")\n  for (;;) {}\n}'
    const token = await runtime.api.run('cancelled', 'hello', [unit('hello', source, { timeoutMs: 120_000 })])
    const guilty = runtime.ask('/hello', { headers: { [RUN_TOKEN_HEADER]: token }, agent: false })
    await runtime.api.line((line) => line.runId === 'cancelled' && line.text === 'about to')
    runtime.api.send({ type: 'run-end', runId: 'cancelled' })
    const line = await runtime.api.line((l) => l.runId === 'cancelled' && l.text.startsWith('Stopped'))
    expect(line.text).toContain('hello.ts:3')
    expect((await guilty).status).toBeGreaterThanOrEqual(400)
    expect((await runtime.ask('/hello')).text).toBe('hi')
  })

  test('requests that wait for a timer meanwhile are answered', async () => {
    const waiting = [1, 2, 3].map(() => runtime.ask('/waits', { agent: false }))
    const guilty = runtime.ask('/sync', { agent: false })
    expect((await Promise.all(waiting)).map((answer) => answer.text)).toEqual(['kept', 'kept', 'kept'])
    expect((await guilty).status).toBe(504)
  })

  test('timers, promises and publishes work afterwards', async () => {
    await runtime.api.publish('after', [
      unit(
        'hello',
        'export default async () => { await new Promise(r => setTimeout(r, 1)); return "still" }',
      ),
    ])
    expect((await runtime.ask('/hello')).text).toBe('still')
  })
})

test('a heap that is nearly full is reported before the process ends', async () => {
  const bomb = await RuntimeProcess.start({
    memoryMb: 48,
    functions: [
      unit(
        'bomb',
        'export default () => {\n  const all: object[] = []\n  for (;;) all.push({ x: all.length, y: [all.length] })\n}',
      ),
    ],
  })
  try {
    await expect(bomb.ask('/bomb')).rejects.toThrow()
    const line = await bomb.api.line((l) => l.text.startsWith('Nearly out of memory'))
    // On a loaded machine the collector leaves no time to ask whose code it is.
    expect(['bomb', null]).toContain(line.functionName)
    expect((await bomb.exit).signal).toBe('SIGABRT')
    expect(bomb.stderr).toContain('heap out of memory')
  } finally {
    await bomb.stop()
  }
})
