import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess

beforeAll(async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit('hello', 'export default () => "hi"'),
      unit(
        'echo',
        'export default (ctx: any) => ctx.body instanceof Uint8Array ? { bytes: ctx.body.length } : { body: ctx.body }',
      ),
      unit('small', 'export default (ctx: any) => ctx.body', { bodyLimit: 10 }),
      unit('small-web', 'export default { fetch: async (r: Request) => new Response(await r.text()) }', {
        bodyLimit: 10,
      }),
      unit('only-get', 'export default () => 1', { methods: ['GET'] }),
      unit('throws', 'interface A {}\n\nexport default () => {\n  throw new TypeError("secret detail")\n}'),
      unit('throws-null', 'export default async () => { throw null }'),
      unit(
        'throws-hostile',
        'export default async () => { throw { get message() { throw 1 }, [Symbol.for("nodejs.util.inspect.custom")]() { throw 2 } } }',
      ),
      unit('throws-response', 'export default () => { throw new Response("stop", { status: 418 }) }'),
      unit('circular', 'export default () => { const a: any = {}; a.a = a; return a }'),
      unit('returns-function', 'export default () => () => {}'),
      unit('no-function', 'export default 5'),
      unit('util', 'export const a = 1'),
      unit(
        'never',
        'export default (ctx: any) => new Promise(() => { ctx.signal.addEventListener("abort", () => console.log("aborted", ctx.signal.reason.name)) })',
        { timeoutMs: 50 },
      ),
      unit(
        'late',
        'export default async (ctx: any) => { await new Promise(r => ctx.signal.addEventListener("abort", r)); ctx.response.send("late"); return "late" }',
        { timeoutMs: 50 },
      ),
      unit(
        'twice',
        'export default (ctx: any) => { ctx.response.json(1); ctx.response.json(2); ctx.response.end("3"); ctx.response.setHeader; return 4 }',
      ),
      unit(
        'after-end',
        'export default (ctx: any) => { setTimeout(() => { ctx.response.write("x"); console.log("wrote") }, 1); return "done" }',
      ),
      unit(
        'headers-late',
        'export default (ctx: any) => { ctx.response.end("ok"); ctx.response.setHeader("a", "b") }',
      ),
      unit(
        'forever',
        'export default async function* () { try { for (;;) { yield "x".repeat(65536); await null } } finally { console.log("stream ended") } }',
      ),
      unit(
        'waits',
        'export default (ctx: any) => new ReadableStream({ start(c) { c.enqueue("first") }, cancel() { console.log("cancelled") } })',
      ),
      unit('breaks', 'export default async function* () { yield "part"; throw new Error("in the middle") }'),
      unit(
        'disconnect',
        'export default (ctx: any) => new Promise(() => { console.log("begun"); ctx.signal.addEventListener("abort", () => console.log("gone")) })',
      ),
      unit(
        'timer',
        'export default () => { setTimeout(() => { throw new Error("from a timer") }, 1); return 1 }',
      ),
      unit('rejects', 'export default () => { void Promise.reject(new Error("nobody caught")); return 1 }'),
      unit('exits', 'export default () => { try { process.exit(1) } catch (e: any) { return e.message } }'),
      unit(
        'broken',
        'import { nothing } from "@/util"\nimport missing from "no-such-package"\nexport default () => [nothing, missing]',
      ),
      unit('top', 'const x: any = null\n\nx.y()\nexport default () => 1'),
      unit(
        'users/list',
        'export default (ctx: any) => ({ list: ctx.params, path: ctx.path, url: ctx.url, mounted: ctx.request.url })',
      ),
      unit('users', 'export default (ctx: any) => ({ users: ctx.params })'),
      unit(
        '__default__',
        'export default (ctx: any) => { ctx.response.status(404); return { default: ctx.path } }',
      ),
    ],
  })
})
afterAll(() => runtime.stop())

const alive = async () => expect((await runtime.ask('/hello')).text).toBe('hi')

describe('bad input', () => {
  const json = { 'content-type': 'application/json' }
  test('malformed JSON is 400', async () => {
    const answer = await runtime.ask('/echo', { method: 'POST', headers: json, body: '{"a":' })
    expect([answer.status, answer.json.error.code]).toEqual([400, 'BAD_REQUEST'])
    expect(answer.json.error.requestId).toMatch(/.{10}/)
  })
  test('an unknown type reaches the function as bytes, a form as an object, text as a string', async () => {
    const post = (type: string, body: string) =>
      runtime.ask('/echo', { method: 'POST', headers: { 'content-type': type }, body })
    expect((await post('application/x-strange', 'abc')).json).toEqual({ bytes: 3 })
    expect((await post('application/x-www-form-urlencoded', 'a=1&a=2&b=x+y&__proto__=1')).json).toEqual({
      body: { a: ['1', '2'], b: 'x y' },
    })
    expect((await post('text/plain; charset=utf-8', 'grüße')).json).toEqual({ body: 'grüße' })
    expect((await post('application/vnd.api+json', '{"__proto__":{"a":1}}')).text).toBe(
      '{"body":{"__proto__":{"a":1}}}',
    )
  })
  test('an unknown charset is 415', async () => {
    const answer = await runtime.ask('/echo', {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=klingon' },
      body: 'x',
    })
    expect([answer.status, answer.json.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE'])
  })
  test('a body over the limit is 413, declared, chunked, or read by a web app', async () => {
    const declared = await runtime.ask('/echo', { method: 'POST', body: Buffer.alloc(20 * 1024 * 1024) })
    expect([declared.status, declared.json.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE'])
    const chunked = { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(11) }
    expect((await runtime.ask('/small', chunked)).status).toBe(413)
    expect((await runtime.ask('/small-web', chunked)).status).toBe(413)
    expect((await runtime.ask('/small', { ...chunked, body: 'x'.repeat(10) })).status).toBe(200)
    await alive()
  })
  test('a method that is not allowed is 405 with Allow', async () => {
    const answer = await runtime.ask('/only-get', { method: 'POST' })
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET'])
    expect((await runtime.ask('/only-get', { method: 'HEAD' })).status).toBe(200)
  })
  test('a token of no run is refused', async () => {
    const answer = await runtime.ask('/hello', { headers: { 'x-lathe-run': 'forged'.padEnd(40, 'x') } })
    expect([answer.status, answer.json.error.code]).toEqual([403, 'RUN_EXPIRED'])
  })
})

describe('routing', () => {
  test('the longest name wins and the rest is params', async () => {
    expect((await runtime.ask('/users/list/42/a%20b?x=1')).json).toEqual({
      list: ['42', 'a b'],
      path: '/42/a%20b',
      url: '/users/list/42/a%20b?x=1',
      mounted: '/42/a%20b?x=1',
    })
    expect((await runtime.ask('/users/lists')).json).toEqual({ users: ['lists'] })
  })
  test.each([
    '/nope',
    '/',
    '/__default__',
    '/../hello',
    '/%2e%2e/hello',
    '/hello%2fx',
    '//hello',
    '/%ff',
    '/%',
  ])('what is no function goes to __default__: %s', async (path) => {
    const answer = await runtime.ask(path)
    expect([answer.status, answer.json]).toEqual([404, { default: path }])
  })
})

describe('functions that fail', () => {
  test('answer 500 with the request id and nothing of the cause; the log has the TypeScript place', async () => {
    const answer = await runtime.ask('/throws', { headers: { 'x-request-id': 'req-throws' } })
    expect(answer.status).toBe(500)
    expect(answer.json.error).toMatchObject({ code: 'FUNCTION_ERROR', requestId: 'req-throws' })
    expect(answer.text).not.toContain('secret')
    const line = await runtime.api.line((l) => l.requestId === 'req-throws')
    expect(line).toMatchObject({ level: 'error', functionName: 'throws', revision: 1 })
    expect(line.text).toContain('TypeError: secret detail')
    expect(line.text).toContain('throws.ts:4:9')
    expect(line.text).not.toContain('lathe-fn:')
    expect(line.source).toEqual({ file: 'throws.ts', line: 4, column: 9 })
  })
  test.each(['throws-null', 'throws-hostile', 'circular', 'returns-function'])('%s', async (name) => {
    const answer = await runtime.ask(`/${name}`)
    expect([answer.status, answer.json.error.code]).toEqual([500, 'FUNCTION_ERROR'])
    await runtime.api.line((line) => line.functionName === name && line.level === 'error')
    await alive()
  })
  test('a thrown Response is the answer', async () => {
    expect((await runtime.ask('/throws-response')).status).toBe(418)
  })
  test('what cannot be loaded answers 500 alone, and the api learns where it is wrong', async () => {
    expect((await runtime.ask('/broken')).json.error.code).toBe('FUNCTION_LOAD_FAILED')
    expect((await runtime.ask('/top')).json.error.code).toBe('FUNCTION_LOAD_FAILED')
    await alive()
    const { errors } = await runtime.api.message('ready')
    const broken = errors.find((e) => e.name === 'broken')!
    expect(broken.message).toContain("Cannot find package 'no-such-package'")
    expect(broken.marker).toMatchObject({ line: 2, column: 21 })
    const top = errors.find((e) => e.name === 'top')!
    expect(top.marker).toMatchObject({ line: 3, column: 3 })
    expect(top.stack).toContain('top.ts:3:3')
    expect(errors).toHaveLength(2)
  })
  test('what exports nothing that answers says so', async () => {
    for (const name of ['no-function', 'util']) {
      const answer = await runtime.ask(`/${name}`)
      expect([answer.status, answer.json.error.code]).toEqual([404, 'FUNCTION_NOT_FOUND'])
      expect(answer.json.error.message).toContain(name)
    }
  })
})

describe('functions that answer badly', () => {
  test('never: 504 after its time, with the signal aborted', async () => {
    const answer = await runtime.ask('/never')
    expect([answer.status, answer.json.error.code]).toEqual([504, 'FUNCTION_TIMEOUT'])
    expect(answer.json.error.message).toContain('never')
    await runtime.api.line((line) => line.text === 'aborted TimeoutError')
    const item = await runtime.api.invocation((i) => i.functionName === 'never')
    expect(item.status).toBe(504)
  })
  test('too late: the answer stays 504', async () => {
    expect((await runtime.ask('/late')).status).toBe(504)
    await alive()
  })
  test('twice, or after the end: the first answer stands and the process lives', async () => {
    expect((await runtime.ask('/twice')).text).toBe('1')
    await runtime.api.line((line) => line.functionName === 'twice' && line.level === 'warn')
    expect((await runtime.ask('/after-end')).text).toBe('done')
    await runtime.api.line((line) => line.text === 'wrote')
    expect((await runtime.ask('/headers-late')).text).toBe('ok')
    await alive()
  })
  test('for ever: a visitor who goes away ends the stream', async () => {
    const res = await runtime.open('/forever', { agent: false })
    await new Promise((resolve) => res.once('data', resolve))
    res.destroy()
    await runtime.api.line((line) => line.text === 'stream ended')
    const waits = await runtime.open('/waits', { agent: false })
    await new Promise((resolve) => waits.once('data', resolve))
    waits.destroy()
    await runtime.api.line((line) => line.text === 'cancelled')
    await alive()
  })
  test('breaking off in the middle: the visitor sees that it is not whole', async () => {
    await expect(runtime.ask('/breaks')).rejects.toThrow()
    await runtime.api.line((line) => line.functionName === 'breaks' && line.text.includes('in the middle'))
  })
  test('a visitor who goes away aborts the signal', async () => {
    const visitor = new AbortController()
    const gone = expect(
      runtime.ask('/disconnect', { agent: false, signal: visitor.signal }),
    ).rejects.toThrow()
    await runtime.api.line((line) => line.text === 'begun')
    visitor.abort()
    await gone
    await runtime.api.line((line) => line.text === 'gone')
    const item = await runtime.api.invocation((i) => i.functionName === 'disconnect')
    expect(item.status).toBe(499)
  })
})

describe('what nobody catches', () => {
  test.each([
    ['timer', 'from a timer'],
    ['rejects', 'nobody caught'],
  ])('%s: logged with its function, and the process lives', async (name, text) => {
    expect((await runtime.ask(`/${name}`, { headers: { 'x-request-id': `req-${name}` } })).status).toBe(200)
    const line = await runtime.api.line((l) => l.text.includes(text))
    expect(line).toMatchObject({ functionName: name, requestId: `req-${name}`, level: 'error' })
    expect(line.source?.file).toBe(`${name}.ts`)
    await alive()
  })
  test('process.exit is refused', async () => {
    expect((await runtime.ask('/exits')).text).toBe('process.exit is not available to functions')
  })
})
