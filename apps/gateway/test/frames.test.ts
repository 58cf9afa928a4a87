import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask, rawAnswer, rawClient } from './support/client.ts'
import { TestGateway } from './support/gateway-process.ts'
import { TestRuntime } from './support/runtime-process.ts'
import { until } from './support/until.ts'

const APP = 'abcdef.localhost:8000'
const MB = 1024 * 1024
const FUNCTIONS = {
  echo: `export default async (ctx) => {
    const { method, url, headers, body, requestId } = ctx
    return { method, url, headers, body: body?.toString(), requestId }
  }`,
  bytes: 'export default (ctx) => ctx.body',
  web: 'export default { fetch: (request) => new Response(request.body) }',
  large: `export default () => 'grüße '.repeat(100_000)`,
  slow: `export default (ctx) => new Promise((resolve) => setTimeout(resolve, Number(ctx.query.ms), 'slow'))`,
  text: `export default () => 'compress me '.repeat(200)`,
  events: `export default (ctx) => {
    let n = 0
    return new Response(new ReadableStream({ pull(c) { c.enqueue('data: ' + n++ + '\\n\\n'); return new Promise(() => {}) } }), { headers: { 'content-type': 'text/event-stream' } })
  }`,
  flood: `let sent = 0
    export const GET = () => new ReadableStream({ pull(c) { sent += 65536; c.enqueue(new Uint8Array(65536)) } })
    export const POST = () => sent`,
  lazy: `let read = 0
    export default { async fetch(request) { if (request.method === 'GET') return new Response(String(read)); await new Promise(() => {}) } }`,
  gone: `let gone = 0
    export const GET = () => gone
    export const POST = (ctx) => new Promise(() => ctx.signal.addEventListener('abort', () => { gone++ }))`,
  early: `export default (ctx) => { ctx.response.writeEarlyHints({ link: '</a.css>; rel=preload' }); return 'after hints' }`,
  trailers: `export default (ctx) => {
    const { response } = ctx
    response.writeHead(200, { trailer: 'x-sum' })
    response.write('body')
    response.addTrailers({ 'x-sum': '42' })
    response.end()
  }`,
  cookies: `export default (ctx) => { ctx.response.cookie('a', '1').cookie('b', '2').status(201); return { made: true } }`,
  empty: 'export default () => {}',
  resets: 'export default (ctx) => { ctx.response.destroy() }',
  halves: `export default async function* () { yield 'half'; await new Promise((r) => setTimeout(r, 50)); throw new Error('in the middle') }`,
}

let gateway: TestGateway
let runtime: TestRuntime

beforeAll(async () => {
  gateway = await TestGateway.start()
  runtime = await TestRuntime.start(FUNCTIONS)
  await gateway.control.route(TestRuntime.route(runtime))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await runtime[Symbol.asyncDispose]()
})

const get = (path: string, options = {}) => ask(gateway.port, APP, path, options)
const open = (path: string, method = 'GET', headers = {}) =>
  request({
    port: gateway.port,
    host: '127.0.0.1',
    path,
    method,
    agent: false,
    headers: { host: APP, ...headers },
  })

describe('a gateway and a runtime that speak frames', () => {
  it('say so', () => {
    expect(runtime.upstream).toMatchObject({ kind: 'unix', frames: true })
  })

  it('carry many requests at once, and none gets the answer or the fields of another', async () => {
    const one = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
      query: fc.stringMatching(/^[a-z0-9=&%]{0,40}$/),
      field: fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/),
      body: fc.string({ unit: 'grapheme', maxLength: 3_000 }),
      chunked: fc.boolean(),
    })
    const requests = fc.sample(one, { numRuns: 300, seed: 20_261_126 })
    const answers = await Promise.all(
      requests.map(({ method, query, field, body, chunked }) =>
        get(`/echo?${query}`, {
          method,
          headers: {
            'x-field': field,
            ...(method === 'GET'
              ? {}
              : chunked
                ? { 'transfer-encoding': 'chunked' }
                : { 'content-length': Buffer.byteLength(body) }),
          },
          ...(method === 'GET' ? {} : { body }),
        }),
      ),
    )
    for (const [i, answer] of answers.entries()) {
      const { method, query, field, body } = requests[i]!
      const seen = JSON.parse(answer.body)
      expect(seen).toMatchObject({ method, url: `/echo?${query}` })
      expect(seen.headers).toMatchObject({ 'x-field': field, host: APP, 'x-forwarded-for': '127.0.0.1' })
      expect(seen.body ?? '').toBe(method === 'GET' ? '' : body)
      expect(answer.headers['x-request-id']).toBe(seen.requestId)
      expect(seen.headers['x-request-id']).toBe(seen.requestId)
    }
    expect(new Set(answers.map((answer) => answer.headers['x-request-id'])).size).toBe(requests.length)
  })

  // Large bodies of known length do not go in frames.
  it.each([
    ['/bytes', 'chunked'],
    ['/web', 'chunked'],
    ['/bytes', 'of known length'],
    ['/web', 'of known length'],
  ])('carry 20 MB through %s there and back unchanged, %s', async (path, how) => {
    const body = randomBytes(20 * MB)
    const coding = how === 'chunked' ? { 'transfer-encoding': 'chunked' } : {}
    const req = open(path, 'POST', { 'content-type': 'application/octet-stream', ...coding })
    const answered = once(req, 'response') as Promise<[IncomingMessage]>
    req.end(body)
    const [response] = await answered
    const hash = createHash('sha256')
    for await (const chunk of response) hash.update(chunk)
    expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('carry answers that are too large for one frame', async () => {
    expect((await get('/large')).body).toBe('grüße '.repeat(100_000))
  })

  it('hold a function back while its visitor does not read, and let the others pass', async () => {
    const client = rawClient(gateway.port)
    client.socket.pause()
    client.socket.write(`GET /flood HTTP/1.1\r\nHost: ${APP}\r\n\r\n`)
    const sent = async () => Number((await get('/flood', { method: 'POST' })).body)
    await until(async () => (await sent()) > 0)
    let before = -1
    await until(async () => {
      const now = await sent()
      const still = now === before
      before = now
      return still
    })
    expect(before).toBeLessThan(20 * MB)
    client.socket.destroy()
  })

  it.each([
    ['in frames', { 'transfer-encoding': 'chunked' }],
    ['of known length', { 'content-length': String(200 * MB) }],
  ])('hold a visitor back while a function does not read its body, %s', async (_, headers) => {
    const req = open('/lazy', 'POST', headers)
    req.on('error', () => {})
    let written = 0
    const chunk = Buffer.alloc(MB)
    for (let room = true; room && written < 100; ) {
      written++
      if (req.write(chunk)) continue
      // Other requests come and go while nothing more is taken.
      const drained = once(req, 'drain').then(() => true)
      const others = (async () => {
        for (let i = 0; i < 20; i++) await get('/echo')
        return false
      })()
      room = await Promise.race([drained, others])
    }
    expect(written).toBeLessThan(50)
    req.destroy()
  })

  it('stream events as they come, and tell the function when the visitor is gone', async () => {
    const req = open('/events')
    req.on('error', () => {}).end()
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    expect(String((await once(response, 'data'))[0])).toBe('data: 0\n\n')
    response.on('error', () => {})
    req.destroy()
    const before = Number((await get('/gone')).body)
    const waiting = open('/gone', 'POST')
    waiting.on('error', () => {}).end()
    await once(waiting, 'socket')
    await until(() => waiting.writableFinished)
    waiting.destroy()
    await until(async () => Number((await get('/gone')).body) === before + 1)
  })

  it('pass on early hints, trailers, cookies, and answers without a body', async () => {
    const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${APP}\r\nConnection: close\r\n\r\n`
    expect(await rawAnswer(gateway.port, head('/early'))).toMatch(
      /^HTTP\/1.1 103 Early Hints\r\nlink: <\/a.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK\r\n[\s\S]*after hints$/i,
    )
    expect(await rawAnswer(gateway.port, head('/trailers'))).toMatch(/\r\n0\r\nx-sum: 42\r\n\r\n$/)
    const made = await get('/cookies')
    expect([made.status, made.headers['set-cookie'], made.body]).toEqual([
      201,
      ['a=1; Path=/', 'b=2; Path=/'],
      '{"made":true}',
    ])
    const empty = await get('/empty')
    expect([empty.status, empty.body, empty.headers['content-length']]).toEqual([204, '', undefined])
  })

  it('answer HEAD with the length and without the body, and keep the connection in step', async () => {
    const twice = `HEAD /text HTTP/1.1\r\nHost: ${APP}\r\n\r\nGET /empty HTTP/1.1\r\nHost: ${APP}\r\nConnection: close\r\n\r\n`
    const text = await rawAnswer(gateway.port, twice)
    expect(text).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    expect(text).toMatch(/content-length: 2400\r\n/)
    expect(text.split('\r\n\r\n')[1]).toMatch(/^HTTP\/1.1 204 No Content/)
    expect(text).not.toContain('compress me')
  })

  it('compress whole answers', async () => {
    const answer = await get('/text', { headers: { 'accept-encoding': 'gzip' } })
    expect(answer.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
    expect(answer.headers['content-length']).toBeUndefined()
  })

  it('continue a request that expects it', async () => {
    const client = rawClient(
      gateway.port,
      `POST /bytes HTTP/1.1\r\nHost: ${APP}\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
    )
    await until(() => client.text.startsWith('HTTP/1.1 100 Continue\r\n\r\n'))
    client.socket.write('hello')
    await client.closed
    expect(client.text).toMatch(/HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\nhello$/)
  })

  it('serve HTTP/1.0 and chunked requests with trailers by HTTP/1.1', async () => {
    const old = await rawAnswer(
      gateway.port,
      `GET /events HTTP/1.0\r\nHost: ${APP}\r\n\r\n`.replace('events', 'echo'),
    )
    expect(old).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    const chunked = `POST /bytes HTTP/1.1\r\nHost: ${APP}\r\nConnection: close\r\nTrailer: x-t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-t: 1\r\n\r\n`
    expect(await rawAnswer(gateway.port, chunked)).toMatch(/\r\n\r\nhello$/)
  })

  it('break off what a function breaks off, and nothing else', async () => {
    const waiting = get('/slow?ms=100')
    expect((await get('/resets')).status).toBe(502)
    await expect(get('/halves')).rejects.toThrow(/aborted|hang up|ECONNRESET/)
    expect((await waiting).body).toBe('slow')
    expect(gateway.control.received.some((message) => message.type === 'upstream-down')).toBe(false)
  })

  it('refuse a forged run token, and hide none', async () => {
    const answer = await get('/echo', { headers: { 'x-lathe-run': 'x'.repeat(40) } })
    expect([answer.status, JSON.parse(answer.body).error.code]).toEqual([403, 'RUN_EXPIRED'])
  })
})

describe('a runtime that ends', () => {
  it('finishes what it has begun when it is asked to end; what comes meanwhile is not lost', async () => {
    await using own = await TestGateway.start({ limits: { retryHoldMs: 20_000 } })
    await using first = await TestRuntime.start(FUNCTIONS)
    await own.control.route(TestRuntime.route(first))
    const waiting = Array.from({ length: 20 }, () => ask(own.port, APP, '/slow?ms=500'))
    await ask(own.port, APP, '/echo')
    let over = false
    const ended = first.end('SIGTERM').finally(() => {
      over = true
    })
    const later: Promise<Answer>[] = []
    while (!over && later.length < 300) {
      later.push(ask(own.port, APP, '/echo', { method: 'POST', body: 'kept' }))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(await ended).toEqual({ code: 0, signal: null })
    await using second = await TestRuntime.start(FUNCTIONS, { instanceId: 'test-instance-2' })
    await own.control.route(TestRuntime.route(second))
    expect(new Set((await Promise.all(waiting)).map((answer) => answer.body))).toEqual(new Set(['slow']))
    for (const answer of await Promise.all(later))
      expect(JSON.parse(answer.body)).toMatchObject({ body: 'kept' })
  })

  it('ends requests on the revision of the runtime that they began with when the route changes', async () => {
    await using own = await TestGateway.start()
    await using first = await TestRuntime.start(FUNCTIONS)
    await using second = await TestRuntime.start(
      { slow: `export default () => 'new'` },
      { instanceId: 'test-instance-2' },
    )
    await own.control.route(TestRuntime.route(first))
    const waiting = ask(own.port, APP, '/slow?ms=300')
    await ask(own.port, APP, '/echo')
    await own.control.route(TestRuntime.route(second))
    expect((await ask(own.port, APP, '/slow')).body).toBe('new')
    const ended = first.end('SIGTERM')
    expect((await waiting).body).toBe('slow')
    expect(await ended).toEqual({ code: 0, signal: null })
  })

  it('because native code holds its main thread: GETs of other functions are sent again to its successor', async () => {
    await using own = await TestGateway.start({ limits: { retryHoldMs: 20_000 } })
    const native = `import { pbkdf2Sync } from 'node:crypto'
      export default () => pbkdf2Sync('a', 'b', 2 ** 31 - 1, 64, 'sha512').length`
    await using first = await TestRuntime.start({ ...FUNCTIONS, native }, { timeoutMs: 1_000 })
    await own.control.route(TestRuntime.route(first))
    const gets = Array.from({ length: 10 }, () => ask(own.port, APP, '/slow?ms=60000'))
    await ask(own.port, APP, '/echo')
    const guilty = await ask(own.port, APP, '/native', { method: 'POST' })
    expect([guilty.status, JSON.parse(guilty.body).error.code]).toEqual([502, 'UPSTREAM_UNAVAILABLE'])
    expect(await first.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' })
    await using second = await TestRuntime.start(
      { slow: `export default () => 'again'` },
      { instanceId: 'test-instance-2' },
    )
    await own.control.route(TestRuntime.route(second))
    const bodies = (await Promise.all(gets)).map((answer) => answer.body)
    expect(new Set(bodies)).toEqual(new Set(['again']))
  })

  it('by kill -9: GET is sent again to its successor, POST answers 502', async () => {
    await using own = await TestGateway.start({ limits: { retryHoldMs: 20_000 } })
    await using first = await TestRuntime.start(FUNCTIONS)
    await own.control.route(TestRuntime.route(first))
    const gets = Array.from({ length: 10 }, () => ask(own.port, APP, '/slow?ms=60000'))
    const post = ask(own.port, APP, '/gone', { method: 'POST' })
    await ask(own.port, APP, '/echo')
    await first.end('SIGKILL')
    const refused = await post
    expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([502, 'UPSTREAM_UNAVAILABLE'])
    await until(() => own.control.received.some((message) => message.type === 'upstream-down'))
    await using second = await TestRuntime.start(
      { slow: `export default () => 'again'` },
      { instanceId: 'test-instance-2' },
    )
    await own.control.route(TestRuntime.route(second))
    expect((await Promise.all(gets)).map((answer) => answer.body)).toEqual(Array(10).fill('again'))
  })
})
