import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './support/client.ts'
import { TestGateway } from './support/gateway-process.ts'
import { TestRuntime } from './support/runtime-process.ts'

const APP = 'abcdef.localhost:8000'
const LONG_TEXT = 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. '.repeat(200)
/** What `bytes` answers: compressible, and worth it. */
const BYTES = Buffer.from(LONG_TEXT)
const BODY_LIMIT = 8 * 1024 * 1024

let gateway: TestGateway
let runtime: TestRuntime

beforeAll(async () => {
  gateway = await TestGateway.start()
  runtime = await TestRuntime.start(
    {
      form: `import { createHash } from 'node:crypto'
        import { createReadStream } from 'node:fs'
        import { access } from 'node:fs/promises'
        let last = null
        export const POST = async (ctx) => ({
          body: ctx.body,
          files: await Promise.all(ctx.files.map(async ({ fieldname, originalname, size, path }) => {
            const hash = createHash('sha256')
            for await (const bytes of createReadStream(path)) hash.update(bytes)
            last = path
            return { fieldname, originalname, size, sha256: hash.digest('hex') }
          })),
        })
        export const GET = () => access(last).then(() => 'kept', () => 'deleted')`,
      bytes: `const bytes = Buffer.from(${JSON.stringify(LONG_TEXT)})
        export default (ctx) => { ctx.response.setHeader('content-type', 'text/plain'); return bytes }`,
      json: `export default () => ({ text: ${JSON.stringify(LONG_TEXT)} })`,
      methods: `export const GET = () => 'got'
        export const PUT = () => 'put'`,
      echo: 'export default { fetch: async (request) => new Response(request.body) }',
      small: 'export default (ctx) => ctx.body.length',
      old: `import cloud from '@lafjs/cloud'
        export async function main(ctx) {
          console.log('called with', ctx.query)
          cloud.shared.set('count', (cloud.shared.get('count') ?? 0) + 1)
          const token = cloud.getToken({ uid: ctx.body.uid, exp: Math.floor(Date.now() / 1000) + 60 })
          const sum = await cloud.invoke('sum', { ...ctx, body: { a: 1, b: 2 } })
          ctx.response.setHeader('x-old', 'yes')
          return { code: 0, data: { query: ctx.query, sum, uid: cloud.parseToken(token).uid, appid: cloud.appid, user: ctx.user } }
        }`,
      sum: `export default async function (ctx) { return ctx.body.a + ctx.body.b }`,
      sends: `export default async function (ctx) { ctx.response.status(201).send({ sent: ctx.method }) }`,
    },
    { bodyLimit: BODY_LIMIT, env: { SERVER_SECRET: 'of the app' } },
  )
  await gateway.control.route(TestRuntime.route(runtime))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await runtime[Symbol.asyncDispose]()
})

const get = (path: string, options = {}) => ask(gateway.port, APP, path, options)

/** The bytes of an answer as they came, without its coding undone. */
async function raw(path: string, headers: Record<string, string>) {
  const req = request({ host: '127.0.0.1', port: gateway.port, path, headers: { host: APP, ...headers } })
  const [response] = (await once(req.end(), 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  return { status: response.statusCode, headers: response.headers, bytes: Buffer.concat(parts) }
}

describe('a form with files', () => {
  const post = (form: FormData) => {
    const encoded = new Response(form)
    const req = request({
      host: '127.0.0.1',
      port: gateway.port,
      path: '/form',
      method: 'POST',
      headers: { host: APP, 'content-type': encoded.headers.get('content-type')! },
    })
    return { req, encoded }
  }

  it('comes through in chunks, 6 MB of it, and is deleted after the answer', async () => {
    const content = randomBytes(6 * 1024 * 1024)
    const form = new FormData()
    form.set('title', 'grüße')
    form.set('file', new Blob([content]), '../../etc/passwd')
    const { req, encoded } = post(form)
    const answered = once(req, 'response')
    for await (const part of encoded.body!) if (!req.write(part)) await once(req, 'drain')
    req.end()
    const [response] = (await answered) as [IncomingMessage]
    const seen = JSON.parse(String(Buffer.concat(await Array.fromAsync(response))))
    const sha256 = createHash('sha256').update(content).digest('hex')
    expect(seen).toEqual({
      body: { title: 'grüße' },
      files: [{ fieldname: 'file', originalname: 'passwd', size: content.length, sha256 }],
    })
    await expect.poll(async () => (await get('/form')).body, { timeout: 30_000 }).toBe('deleted')
  })

  it('over the limit of its function is 413, and the next request is answered', async () => {
    const form = new FormData()
    form.set('file', new Blob([Buffer.alloc(BODY_LIMIT + 1)]), 'large')
    const { req, encoded } = post(form)
    req.on('error', () => {})
    const answered = once(req, 'response')
    req.end(Buffer.from(await encoded.arrayBuffer()))
    const [response] = (await answered) as [IncomingMessage]
    expect(response.statusCode).toBe(413)
    response.resume()
    expect((await get('/small', { method: 'POST', body: 'four' })).body).toBe('4')
  })
})

describe('bytes', () => {
  it('have an entity tag, and are 304 for whoever has them, compressed or not', async () => {
    const plain = await raw('/bytes', {})
    expect(plain.headers).toMatchObject({ 'accept-ranges': 'bytes', etag: expect.stringMatching(/^"/) })
    const compressed = await raw('/bytes', { 'accept-encoding': 'gzip' })
    expect(compressed.headers.etag).toBe(`W/${plain.headers.etag}`)
    for (const etag of [
      plain.headers.etag!,
      compressed.headers.etag!,
      '*',
      `"other", ${plain.headers.etag}`,
    ]) {
      const known = await raw('/bytes', { 'if-none-match': etag, 'accept-encoding': 'gzip' })
      expect([known.status, known.bytes.length]).toEqual([304, 0])
    }
    expect((await raw('/bytes', { 'if-none-match': '"other"' })).status).toBe(200)
  })

  it('come in part, and never compressed then', async () => {
    const part = await raw('/bytes', { range: 'bytes=10-4009', 'accept-encoding': 'gzip, br' })
    expect([part.status, part.headers['content-range'], part.headers['content-encoding']]).toEqual([
      206,
      `bytes 10-4009/${BYTES.length}`,
      undefined,
    ])
    expect(part.bytes.equals(BYTES.subarray(10, 4010))).toBe(true)
    const last = await raw('/bytes', { range: 'bytes=-5' })
    expect(last.bytes.equals(BYTES.subarray(-5))).toBe(true)
    const none = await raw('/bytes', { range: `bytes=${BYTES.length}-` })
    expect([none.status, none.headers['content-range']]).toEqual([416, `bytes */${BYTES.length}`])
    const changed = await raw('/bytes', { range: 'bytes=0-1', 'if-range': '"other"' })
    expect([changed.status, changed.bytes.length]).toEqual([200, BYTES.length])
  })

  it.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const)('and JSON are compressed by %s', async (coding, decompress) => {
    for (const [path, whole] of [
      ['/bytes', LONG_TEXT],
      ['/json', JSON.stringify({ text: LONG_TEXT })],
    ] as const) {
      const { headers, bytes } = await raw(path, { 'accept-encoding': coding })
      expect(headers).toMatchObject({ 'content-encoding': coding, vary: 'accept-encoding' })
      expect(bytes.length).toBeLessThan(whole.length / 4)
      expect(String(decompress(bytes))).toBe(whole)
    }
  })
})

describe('methods', () => {
  it('are told by OPTIONS, others are 405 with Allow', async () => {
    const options = await get('/methods', { method: 'OPTIONS' })
    expect([options.status, options.headers.allow]).toEqual([204, 'GET, PUT, HEAD, OPTIONS'])
    const refused = await get('/methods', { method: 'DELETE' })
    expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, PUT, HEAD, OPTIONS'])
    const head = await get('/methods', { method: 'HEAD' })
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '3', ''])
  })
})

describe('bodies', () => {
  it('that are announced by Expect are called for once, and refused before they are sent when too large', async () => {
    const expecting = (length: number) =>
      request({
        host: '127.0.0.1',
        port: gateway.port,
        path: '/small',
        method: 'POST',
        headers: { host: APP, expect: '100-continue', 'content-length': length },
      }).on('error', () => {})
    const welcome = expecting(4)
    welcome.flushHeaders()
    await once(welcome, 'continue')
    const [answer] = (await once(welcome.end('four'), 'response')) as [IncomingMessage]
    expect(String(Buffer.concat(await Array.fromAsync(answer)))).toBe('4')
    const refused = expecting(BODY_LIMIT + 1)
    refused.flushHeaders()
    const [refusal] = (await once(refused, 'response')) as [IncomingMessage]
    expect(refusal.statusCode).toBe(413)
    refused.destroy()
  })

  it('stream both ways at once', async () => {
    const req = request({
      host: '127.0.0.1',
      port: gateway.port,
      path: '/echo',
      method: 'POST',
      headers: { host: APP },
    })
    const answered = once(req, 'response')
    req.write('first')
    const [response] = (await answered) as [IncomingMessage]
    const seen = async () => String((await once(response, 'data'))[0])
    expect(await seen()).toBe('first')
    req.write('second')
    expect(await seen()).toBe('second')
    req.end()
    await once(response.resume(), 'end')
  })
})

it('many requests share one connection, whatever they are', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ports = new Set<number>()
  for (let i = 0; i < 50; i++) {
    const [path, method, body] = [
      ['/json', 'GET', ''],
      ['/small', 'POST', 'body'],
      ['/missing', 'GET', ''],
      ['/methods', 'HEAD', ''],
      ['/bytes', 'GET', ''],
    ][i % 5]!
    const req = request({
      agent,
      host: '127.0.0.1',
      port: gateway.port,
      path,
      method,
      headers: { host: APP },
    })
    const [response] = (await once(req.end(body), 'response')) as [IncomingMessage]
    ports.add(response.socket.localPort!)
    await once(response.resume(), 'end')
  }
  agent.destroy()
  expect(ports.size).toBe(1)
})

describe('a function written for Laf 1.x', () => {
  it('runs unchanged: main, invoke, shared, tokens, response', async () => {
    const answer = await get('/old?name=laf', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"uid":7}',
    })
    expect([answer.status, answer.headers['x-old'], JSON.parse(answer.body)]).toEqual([
      200,
      'yes',
      { code: 0, data: { query: { name: 'laf' }, sum: 3, uid: 7, appid: 'abcdef', user: null } },
    ])
    const sent = await get('/sends')
    expect([sent.status, JSON.parse(sent.body)]).toEqual([201, { sent: 'GET' }])
  })
})
