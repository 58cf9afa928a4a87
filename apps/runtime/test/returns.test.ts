import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

let runtime: RuntimeProcess

beforeAll(async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit('hello', 'export default async (ctx: any) => ({ hello: ctx.query.name })'),
      unit('text', "export default () => 'grüße'"),
      unit('null', 'export default () => null'),
      unit('none', 'export default () => {}'),
      unit('bytes', 'export default () => new Uint8Array([1, 2, 255])'),
      unit('bigint', 'export default () => 12n'),
      unit('blob', "export default () => new Blob(['abc'], { type: 'text/css' })"),
      unit(
        'response',
        `export default () => {
          const headers = new Headers({ 'x-a': '1' })
          headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2')
          return new Response('made', { status: 201, statusText: 'Made', headers })
        }`,
      ),
      unit('empty-response', 'export default () => new Response(null, { status: 204 })'),
      unit('generator', "export default async function* () { yield 'a'; yield 'b' }"),
      unit('objects', 'export default async function* () { yield { n: 1 }; yield { n: 2 } }'),
      unit('stream', "export default () => new Blob(['xyz']).stream()"),
      unit(
        'node-stream',
        "import { Readable } from 'node:stream'\nexport default () => Readable.from(['1', '2', '3'])",
      ),
      unit(
        'piped',
        "import { Readable } from 'node:stream'\nexport default (ctx: any) => { Readable.from(['p', 'q']).pipe(ctx.response) }",
      ),
      unit('used', "export default (ctx: any) => { ctx.response.status(202).set('x-b', '2').send('sent') }"),
      unit('status-only', 'export default (ctx: any) => { ctx.response.status(201) }'),
      unit(
        'typed',
        "export default (ctx: any) => { ctx.response.set('content-type', 'text/html'); return '<p>' }",
      ),
      unit('redirect', "export default (ctx: any) => { ctx.response.redirect('/elsewhere?a=ü') }"),
      unit(
        'cookie',
        "export default (ctx: any) => { ctx.response.cookie('a', 'b c', { httpOnly: true, maxAge: 60, sameSite: 'lax' }); return 1 }",
      ),
      unit(
        'methods',
        "export function GET() { return 'got' }\nexport const POST = async (ctx: any) => ({ posted: ctx.body })",
      ),
      unit(
        'web',
        `export default { async fetch(request: Request) {
          const url = new URL(request.url)
          return Response.json({ path: url.pathname, host: url.host, body: await request.text(), method: request.method })
        } }`,
      ),
    ],
  })
})
afterAll(() => runtime.stop())

describe('what a function returns is what the visitor gets', () => {
  test('an object as JSON', async () => {
    const answer = await runtime.ask('/hello?name=Ada')
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    expect(answer.text).toBe('{"hello":"Ada"}')
    expect(answer.headers['content-length']).toBe('15')
  })
  test('a string as text', async () => {
    const answer = await runtime.ask('/text')
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(answer.text).toBe('grüße')
    expect(answer.headers['content-length']).toBe('7')
  })
  test('null as JSON, nothing as 204', async () => {
    expect((await runtime.ask('/null')).text).toBe('null')
    const none = await runtime.ask('/none')
    expect([none.status, none.text]).toEqual([204, ''])
  })
  test('bytes, a bigint, a Blob', async () => {
    const bytes = await runtime.ask('/bytes')
    expect([...bytes.body]).toEqual([1, 2, 255])
    expect(bytes.headers['content-type']).toBe('application/octet-stream')
    expect((await runtime.ask('/bigint')).text).toBe('12')
    const blob = await runtime.ask('/blob')
    expect([blob.text, blob.headers['content-type'], blob.headers['content-length']]).toEqual([
      'abc',
      'text/css',
      '3',
    ])
  })
  test('bytes with an entity tag, and in part', async () => {
    const whole = await runtime.ask('/bytes')
    const etag = whole.headers.etag!
    const ask = async (headers: Record<string, string>, method = 'GET') => {
      const { status, body, headers: answered } = await runtime.ask('/bytes', { method, headers })
      return [status, [...body], answered['content-range']]
    }
    expect(await ask({ 'if-none-match': `"other", W/${etag}` })).toEqual([304, [], undefined])
    expect(await ask({ 'if-none-match': '"other"' })).toEqual([200, [1, 2, 255], undefined])
    expect(await ask({ range: 'bytes=1-' })).toEqual([206, [2, 255], 'bytes 1-2/3'])
    expect(await ask({ range: 'bytes=0-0' })).toEqual([206, [1], 'bytes 0-0/3'])
    expect(await ask({ range: 'bytes=-2' })).toEqual([206, [2, 255], 'bytes 1-2/3'])
    expect(await ask({ range: 'bytes=1-99', 'if-range': etag })).toEqual([206, [2, 255], 'bytes 1-2/3'])
    expect(await ask({ range: 'bytes=1-', 'if-range': '"other"' })).toEqual([200, [1, 2, 255], undefined])
    expect(await ask({ range: 'bytes=3-' })).toEqual([416, [], 'bytes */3'])
    for (const range of ['bytes=2-1', 'bytes=0-0,2-2', 'lines=1', 'bytes=-']) {
      expect(await ask({ range })).toEqual([200, [1, 2, 255], undefined])
    }
    expect(await ask({ range: 'bytes=1-' }, 'POST')).toEqual([200, [1, 2, 255], undefined])
  })
  test('a Response as it is, with its cookies apart', async () => {
    const answer = await runtime.ask('/response')
    expect([answer.status, answer.text, answer.headers['x-a']]).toEqual([201, 'made', '1'])
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    expect((await runtime.ask('/empty-response')).status).toBe(204)
  })
  test('streams of text, objects, bytes and of Node', async () => {
    const text = await runtime.ask('/generator')
    expect([text.text, text.headers['content-type']]).toEqual(['ab', 'text/plain; charset=utf-8'])
    const objects = await runtime.ask('/objects')
    expect([objects.text, objects.headers['content-type']]).toEqual([
      '{"n":1}\n{"n":2}\n',
      'application/x-ndjson; charset=utf-8',
    ])
    expect((await runtime.ask('/stream')).text).toBe('xyz')
    expect((await runtime.ask('/node-stream')).text).toBe('123')
    expect((await runtime.ask('/piped')).text).toBe('pq')
  })
  test('what it did with ctx.response', async () => {
    const used = await runtime.ask('/used')
    expect([used.status, used.text, used.headers['x-b']]).toEqual([202, 'sent', '2'])
    expect((await runtime.ask('/status-only')).status).toBe(201)
    expect((await runtime.ask('/typed')).headers['content-type']).toBe('text/html')
    const redirect = await runtime.ask('/redirect')
    expect([redirect.status, redirect.headers.location]).toEqual([302, '/elsewhere?a=%C3%BC'])
    expect((await runtime.ask('/cookie')).headers['set-cookie']).toEqual([
      'a=b%20c; Path=/; Max-Age=60; HttpOnly; SameSite=Lax',
    ])
  })
  test('HEAD has the headers and no body', async () => {
    const head = await runtime.ask('/hello?name=Ada', { method: 'HEAD' })
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '15'])
    expect((await runtime.ask('/generator', { method: 'HEAD' })).text).toBe('')
  })
})

describe('a module that names methods', () => {
  test('is called by method, HEAD by GET', async () => {
    expect((await runtime.ask('/methods')).text).toBe('got')
    expect((await runtime.ask('/methods', { method: 'HEAD' })).status).toBe(200)
    const posted = await runtime.ask('/methods', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a":1}',
    })
    expect(posted.json).toEqual({ posted: { a: 1 } })
  })
  test('refuses others with Allow, and says so to OPTIONS', async () => {
    const refused = await runtime.ask('/methods', { method: 'DELETE' })
    expect([refused.status, refused.headers.allow, refused.json.error.code]).toEqual([
      405,
      'GET, POST, HEAD, OPTIONS',
      'METHOD_NOT_ALLOWED',
    ])
    const options = await runtime.ask('/methods', { method: 'OPTIONS' })
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, POST, HEAD, OPTIONS'])
  })
})

test('an app with fetch(request) is mounted at its name and reads the body itself', async () => {
  const answer = await runtime.ask('/web/a/b?c=1', {
    method: 'POST',
    headers: { host: 'abcdef.localhost:8000' },
    body: 'raw',
  })
  expect(answer.json).toEqual({ path: '/a/b', host: 'abcdef.localhost:8000', body: 'raw', method: 'POST' })
})
