import { afterEach, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { type Ask, RuntimeProcess } from './support/runtime-process.ts'

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
const ask = (over: Ask = {}) =>
  runtime.ask('/neighbour', {
    ...over,
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
  [
    'stack traces',
    'const evil = () => { throw new Error("vandal") }; Error.prepareStackTrace = evil as never; Error.stackTraceLimit = 0; (Error as any).captureStackTrace = evil',
  ],
])('a function that goes for %s does not break its neighbours', async (_what, source) => {
  runtime = await RuntimeProcess.start({
    functions: [neighbour, unit('vandal', `export default async () => { ${source}; return 'done' }`)],
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

const prototypes: [string, string][] = [
  [
    'Array.prototype',
    'for (const name of ["push", "includes", "some", "find", "flatMap", "map", "filter", "join", "slice", "splice"]) (Array.prototype as any)[name] = evil',
  ],
  [
    'the elements of all arrays',
    'Object.defineProperty(Array.prototype, 0, { set: evil, get: evil, configurable: true })',
  ],
  [
    'Map.prototype',
    'for (const name of ["get", "set", "has", "delete", "values", "entries"]) (Map.prototype as any)[name] = evil',
  ],
  ['Set.prototype', 'for (const name of ["has", "add", "delete"]) (Set.prototype as any)[name] = evil'],
  ['WeakMap.prototype', 'for (const name of ["get", "set", "has"]) (WeakMap.prototype as any)[name] = evil'],
  [
    'String.prototype',
    'for (const name of ["indexOf", "startsWith", "split", "toLowerCase", "replace", "trim"]) (String.prototype as any)[name] = evil',
  ],
  ['RegExp.prototype', 'for (const name of ["test", "exec"]) (RegExp.prototype as any)[name] = evil'],
  [
    'Promise.prototype.then',
    '(Promise.prototype as any).then = evil; (Promise.prototype as any).catch = evil',
  ],
  [
    'Function.prototype',
    'for (const name of ["call", "apply", "bind"]) (Function.prototype as any)[name] = evil',
  ],
  [
    'Object',
    'for (const name of ["keys", "entries", "fromEntries", "assign", "create", "getPrototypeOf", "defineProperty"]) (Object as any)[name] = evil',
  ],
  ['Date.now and performance.now', 'Date.now = evil as never; performance.now = evil as never'],
  ['Buffer', 'for (const name of ["from", "concat", "byteLength", "alloc"]) (Buffer as any)[name] = evil'],
  [
    'AsyncLocalStorage',
    'const { AsyncLocalStorage: A } = await import("node:async_hooks"); for (const name of ["run", "getStore", "exit", "enterWith", "disable"]) (A.prototype as any)[name] = evil',
  ],
  [
    'EventEmitter',
    'const { EventEmitter: E } = await import("node:events"); for (const name of ["emit", "on", "once", "off", "removeListener", "listenerCount", "addListener"]) (E.prototype as any)[name] = evil',
  ],
  [
    'streams',
    'const s = await import("node:stream"); for (const C of [s.Readable, s.Writable, s.Duplex] as any[]) for (const name of ["on", "read", "push", "write", "end", "destroy", "pipe", "resume"]) C.prototype[name] = evil',
  ],
  [
    'http',
    'const h = await import("node:http"); for (const C of [h.IncomingMessage, h.OutgoingMessage, h.ServerResponse, h.Server] as any[]) for (const name of ["setHeader", "hasHeader", "writeHead", "end", "write", "emit", "getHeader"]) C.prototype[name] = evil',
  ],
  [
    'sockets',
    'const n = await import("node:net"); for (const name of ["on", "write", "end", "destroy", "setTimeout"]) (n.Socket.prototype as any)[name] = evil',
  ],
  [
    'Response, Request and Headers',
    'for (const C of [Response, Request, Headers] as any[]) for (const name of ["get", "set", "has", "json", "text", "getSetCookie"]) C.prototype[name] = evil',
  ],
  [
    'message ports',
    'const w = await import("node:worker_threads"); for (const name of ["postMessage", "on", "emit"]) (w.MessagePort.prototype as any)[name] = evil',
  ],
  ['iteration', '(Array.prototype as any)[Symbol.iterator] = evil'],
  [
    'the species of arrays and promises',
    'for (const C of [Array, Promise] as any[]) Object.defineProperty(C, Symbol.species, { get: evil, configurable: true })',
  ],
  [
    'timers',
    'const t = await import("node:timers"); const T = Object.getPrototypeOf(t.setTimeout(() => {}, 1)); for (const name of ["unref", "ref", "refresh", "close"]) T[name] = evil',
  ],
]

test.each(prototypes)('what a function does to %s is put back', async (_what, source) => {
  runtime = await RuntimeProcess.start({
    functions: [
      neighbour,
      unit(
        'vandal',
        `export default async () => { const evil = () => { throw new Error('vandal') }; ${source}; return 'done' }`,
      ),
    ],
  })
  expect((await ask()).json).toEqual(expected)
  void runtime.ask('/vandal').catch(() => {}) // its own answer may get lost
  await runtime.api.line(({ level, text }) => level === 'warn' && text.startsWith('Put back'))
  // Connections of that moment may be lost, with what is on them.
  const answer = await ask({ agent: false })
  expect([answer.status, answer.json]).toEqual([200, expected])
  await runtime.api.publish('p', [unit('later', 'export default () => 1')])
  expect((await runtime.ask('/later', { agent: false })).text).toBe('1')
})

test('what an app’s timer replaces while nobody calls is put back, too', async () => {
  const source = `export default (ctx: any) => {
    if (ctx.url === '/vandal') setTimeout(() => { Array.prototype.map = (() => 'stolen') as never }, 700)
    return [1].map((one) => one + 1)
  }`
  runtime = await RuntimeProcess.start({ functions: [unit('vandal', source)] })
  expect((await runtime.ask('/vandal')).json).toEqual([2])
  await runtime.api.line(({ text }) => text.startsWith('Put back') && text.includes('Array.prototype.map'))
  expect((await runtime.ask('/vandal/again')).json).toEqual([2])
})

test('a function that takes a prototype for good ends the process, which another replaces', async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit(
        'vandal',
        'export default () => { Object.defineProperty(Array.prototype, "push", { value: () => 0, writable: false, configurable: false }) }',
      ),
    ],
  })
  void runtime.ask('/vandal').catch(() => {})
  expect(await runtime.exit).toEqual({ code: 1, signal: null })
  expect(runtime.stderr).toContain('Array.prototype.push')
})
