import type { ConsoleValue, LogLine } from '@lathe/shared'
import { afterEach, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess
afterEach(() => runtime.stop())

/** What one request of a function with this body writes. */
async function written(body: string): Promise<LogLine[]> {
  runtime = await RuntimeProcess.start({
    functions: [unit('logs', `export default async () => {\n${body}\nconsole.log('the end')\n}`)],
  })
  await runtime.ask('/logs')
  await runtime.api.line(({ text }) => text === 'the end')
  return runtime.api.lines.filter((line) => line.functionName === 'logs' && line.text !== 'the end')
}

const values = (line: LogLine | undefined): ConsoleValue[] => JSON.parse(line?.preview ?? '[]')
const said = (lines: LogLine[]) => lines.map(({ level, text }) => `${level} ${text}`)

test('groups indent what is in them, objects too', async () => {
  const lines = await written(`
    console.group('outer %d', 1)
    console.groupCollapsed('inner')
    console.log('two\\nlines', { a: 1 })
    console.groupEnd()
    console.warn('after')
    console.groupEnd()
    console.groupEnd()
    console.log('outside')`)
  expect(said(lines)).toEqual([
    'info outer 1',
    'info   inner',
    'info     two\n    lines { a: 1 }',
    'warn   after',
    'info outside',
  ])
  expect(lines.map(({ indent }) => indent)).toEqual([undefined, 2, 4, 2, undefined])
  expect(values(lines[2])).toMatchObject([{ text: 'two\nlines' }, { text: '{a: 1}' }])
})

test('counts, assertions and timers speak as in a browser, with the place of the call', async () => {
  const lines = await written(`
    console.count()
    console.count('x')
    console.count()
    console.countReset()
    console.count()
    console.countReset('never')
    console.assert(1 === 1, 'not said')
    console.assert(false, 'is %s', 'wrong', { a: 1 })
    console.assert(false)
    console.timeEnd('never')
    console.time('t')
    console.time('t')`)
  expect(said(lines)).toEqual([
    'info default: 1',
    'info x: 1',
    'info default: 2',
    'info default: 1',
    "warn Count for 'never' does not exist",
    'error Assertion failed: is wrong { a: 1 }',
    'error Assertion failed',
    "warn Timer 'never' does not exist",
    "warn Timer 't' already exists",
  ])
  expect(lines.map(({ source }) => source?.line)).toEqual([3, 4, 5, 7, 8, 10, 11, 12, 14])
  expect(values(lines[5]).at(-1)).toMatchObject({ text: '{a: 1}' })
})

test('a timer tells milliseconds, a trace its stack, and dir and table what they show', async () => {
  const lines = await written(`
    console.time('t')
    console.timeLog('t', 'so far', { n: 1 })
    console.timeEnd('t')
    console.trace('here %d', 1)
    console.dir({ deep: { er: { and: { down: 1 } } } }, { depth: 0 })
    console.table([{ a: 1, b: 2 }], ['b'])
    console.table(7)`)
  expect(lines[0]!.text).toMatch(/^t: \d+\.\d{3} ms so far \{ n: 1 \}$/)
  expect(lines[1]!.text).toMatch(/^t: \d+\.\d{3} ms$/)
  expect(lines[2]!.text).toMatch(/^Trace: here 1\n {4}at .*logs\.ts:6/)
  expect(lines[2]!.text).not.toContain('node:')
  expect(lines[3]!.text).toBe('{ deep: [Object] }')
  expect(values(lines[3])).toMatchObject([{ text: '{deep: {er: {and: {down: 1}}}}' }])
  expect(lines[4]!.text).toContain('│ 0       │ 2 │')
  expect(values(lines[4])).toMatchObject([{ table: ['b'], inside: [['0', { text: '{a: 1, b: 2}' }]] }])
  expect(lines[5]!.text).toBe('7')
})

test('what requests do at the same time stays apart', async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit(
        'logs',
        `let go: () => void
const both = new Promise<void>((resolve) => { go = resolve })
export default async ({ query }) => {
  console.count()
  if (query.first) {
    console.group('first')
    await both
  } else {
    console.log('second')
    go()
  }
}`,
      ),
    ],
  })
  const first = runtime.ask('/logs?first=1')
  await runtime.api.line(({ text }) => text === 'first')
  await runtime.ask('/logs')
  await first
  await runtime.api.line(({ text }) => text === 'second')
  expect(runtime.api.lines.map(({ text }) => text)).toEqual(['default: 1', 'first', 'default: 1', 'second'])
})

test('what throws while it is looked at costs its line and nothing else', async () => {
  const lines = await written(`
    const bad = { get trap() { throw new Error('getter') }, [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('inspect') }, toString() { throw new Error('toString') } }
    const proxy = new Proxy({}, { get() { throw new Error('proxy') }, ownKeys() { throw new Error('proxy') }, getOwnPropertyDescriptor() { throw new Error('proxy') } })
    const circle = {}; circle.self = circle
    for (const value of [bad, proxy, circle]) {
      console.log(value)
      console.log('%s %o', value, value)
      console.dir(value)
      console.table(value)
      console.table([value])
      console.assert(false, value)
    }`)
  expect(lines).toHaveLength(18)
})
