import { afterEach, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess
afterEach(() => runtime.stop())

const neighbour = unit(
  'neighbour',
  `export default async (ctx: any) => {
    console.log('from the neighbour')
    const response = await Promise.resolve(new Response('{"a":1}'))
    return { json: await response.json(), body: ctx.body, text: JSON.stringify([1]), timer: await new Promise(r => setTimeout(r, 1, 'fired')) }
  }`,
)
const expected = { json: { a: 1 }, body: { b: 2 }, text: '[1]', timer: 'fired' }
const ask = () =>
  runtime.ask('/neighbour', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"b":2}',
  })

test.each([
  ['JSON', '(globalThis as any).JSON = { stringify: () => "stolen", parse: () => "stolen" }'],
  ['JSON.stringify', 'JSON.stringify = () => "stolen"; JSON.parse = () => "stolen"'],
  ['Promise', '(globalThis as any).Promise = class {}'],
  [
    'fetch and its classes',
    'const g = globalThis as any; g.fetch = null; g.Response = null; g.Request = null; g.ReadableStream = null; g.Blob = null',
  ],
  ['console', '(globalThis as any).console = null'],
  ['console.log', 'Object.assign(console, { log: () => { throw new Error("stolen") } })'],
  ['process and Buffer', 'const g = globalThis as any; g.process = null; g.Buffer = null'],
  [
    'timers',
    'const g = globalThis as any; g.setTimeout = null; g.setImmediate = null; g.queueMicrotask = null',
  ],
  ['a then on every object', 'try { (Object.prototype as any).then = () => {} } catch {}'],
  [
    'headers on every object',
    'for (const [k, v] of Object.entries({ "x-polluted": "yes", "content-type": "text/evil", status: 500, error: {}, headers: null, fetch: () => 1 })) try { (Object.prototype as any)[k] = v } catch {}',
  ],
  [
    'process events',
    'process.removeAllListeners(); process.removeAllListeners("uncaughtException"); process.on("uncaughtException", () => {})',
  ],
  ['uncaught', 'setTimeout(() => { throw new Error("stray") }, 1); void Promise.reject(null)'],
])('a function that goes for %s does not break its neighbours', async (_what, source) => {
  runtime = await RuntimeProcess.start({
    functions: [neighbour, unit('vandal', `export default () => { ${source}; return 'done' }`)],
  })
  expect((await ask()).json).toEqual(expected)
  await runtime.ask('/vandal')
  const answer = await ask()
  expect(answer.status, JSON.stringify(runtime.api.lines)).toBe(200)
  expect(JSON.parse(answer.text)).toEqual(expected)
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(answer.headers['x-polluted']).toBe(undefined)
  await runtime.api.publish('p', [unit('later', 'export default () => 1')])
  expect((await runtime.ask('/later')).text).toBe('1')
})
