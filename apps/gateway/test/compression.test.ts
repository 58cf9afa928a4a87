import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { brotliDecompressSync, constants, createBrotliDecompress, createGunzip, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, rawAnswer } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
const JSON_BODY = JSON.stringify(
  Array.from({ length: 500 }, (_, id) => ({ id, title: `Oak chair number ${id}` })),
)
let gateway: TestGateway
let app: TestUpstream
let handle: (request: IncomingMessage, response: ServerResponse) => void = () => {}

beforeAll(async () => {
  gateway = await TestGateway.start()
  app = await httpUpstream(gateway.socketPath('app'), (request, response) => handle(request, response))
  await gateway.control.route(route('abcdef', app.path))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

async function open(headers: Record<string, string>): Promise<IncomingMessage> {
  const req = request({
    port: gateway.port,
    host: '127.0.0.1',
    agent: false,
    headers: { host: APP, ...headers },
  }).end()
  const [response] = (await once(req, 'response')) as [IncomingMessage]
  return response
}

function send(fields: Record<string, string>, body: string | Buffer = JSON_BODY, status = 200) {
  handle = (_, response) => {
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...fields })
    response.end(body)
  }
}

async function bytes(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe('compression', () => {
  it.each([
    ['gzip, deflate, br', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['br;q=0, gzip;q=0.3', 'gzip', gunzipSync],
  ] as const)('for a client that accepts %s is %s', async (accepted, coding, unpack) => {
    send({ 'content-type': 'application/json; charset=utf-8', etag: '"v1"' })
    const response = await open({ 'accept-encoding': accepted })
    const body = await bytes(response)
    expect(response.headers).toMatchObject({
      'content-encoding': coding,
      vary: 'accept-encoding',
      etag: 'W/"v1"',
    })
    expect(response.headers).not.toHaveProperty('content-length')
    expect(body.length).toBeLessThan(JSON_BODY.length / 4)
    expect(unpack(body).toString()).toBe(JSON_BODY)
  })

  it('tells caches that the answer differs by coding, also when the client takes none', async () => {
    send({ 'content-type': 'text/plain' })
    const { headers, body } = await ask(gateway.port, APP)
    expect(headers).toMatchObject({ vary: 'accept-encoding', 'content-length': String(JSON_BODY.length) })
    expect(body).toBe(JSON_BODY)
  })

  it.each([
    ['what is compressed already', { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, 200],
    ['pictures', { 'content-type': 'image/png' }, 200],
    ['what must not be transformed', { 'content-type': 'text/plain', 'cache-control': 'no-transform' }, 200],
    ['parts', { 'content-type': 'text/plain', 'content-range': 'bytes 0-1/2' }, 206],
    ['answers without a type', {}, 200],
  ])('leaves %s alone', async (_, fields, status) => {
    send(fields, JSON_BODY, status)
    const answer = await ask(gateway.port, APP, '/', { headers: { 'accept-encoding': 'br, gzip' } })
    expect(answer).toMatchObject({ status, body: JSON_BODY })
    expect(answer.headers['content-length']).toBe(String(JSON_BODY.length))
  })

  it('leaves small answers, HEAD and HTTP/1.0 alone', async () => {
    send({ 'content-type': 'application/json' }, '{"hello":"world"}')
    const headers = { 'accept-encoding': 'br' }
    expect((await ask(gateway.port, APP, '/', { headers })).body).toBe('{"hello":"world"}')
    send({ 'content-type': 'application/json' })
    const head = await ask(gateway.port, APP, '/', { headers, method: 'HEAD' })
    expect(head.headers['content-length']).toBe(String(JSON_BODY.length))
    const old = await rawAnswer(gateway.port, `GET / HTTP/1.0\r\nHost: ${APP}\r\nAccept-Encoding: br\r\n\r\n`)
    expect(old.endsWith(JSON_BODY)).toBe(true)
  })

  it.each([
    ['br', createBrotliDecompress],
    ['gzip', createGunzip],
  ] as const)('passes the parts of a streamed answer on as they come (%s)', async (coding, create) => {
    let stream: ServerResponse | undefined
    handle = (_, response) => {
      stream = response.writeHead(200, { 'content-type': 'application/x-ndjson+json' })
      stream.flushHeaders()
    }
    const response = await open({ 'accept-encoding': coding })
    expect(response.headers['content-encoding']).toBe(coding)
    const unpacked = response.pipe(
      create({ flush: coding === 'gzip' ? constants.Z_SYNC_FLUSH : constants.BROTLI_OPERATION_FLUSH }),
    )
    for (const part of ['one\n', 'two\n']) {
      stream!.write(part)
      expect(String((await once(unpacked, 'data'))[0])).toBe(part)
    }
    stream!.end('end')
    expect(await text(unpacked)).toBe('end')
  })

  it('never touches streams of events', async () => {
    handle = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: 1\n\n'.repeat(500))
    const response = await open({ 'accept-encoding': 'br, gzip' })
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect((await bytes(response)).toString()).toBe('data: 1\n\n'.repeat(500))
  })

  it('carries 20 MB, and the next request on the same connection', async () => {
    const big = JSON_BODY.repeat(Math.ceil(20_000_000 / JSON_BODY.length))
    send({ 'content-type': 'text/csv' }, big)
    const get = `GET / HTTP/1.1\r\nHost: ${APP}\r\nAccept-Encoding: gzip\r\n`
    const answers = await rawAnswer(gateway.port, `${get}\r\n${get}Connection: close\r\n\r\n`)
    expect(answers.match(/content-encoding: gzip/g)).toHaveLength(2)
    const response = await open({ 'accept-encoding': 'gzip' })
    expect(gunzipSync(await bytes(response)).toString() === big).toBe(true)
  })

  it('breaks off when the app breaks off', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100000' })
      response.write('x'.repeat(5000), () => response.destroy())
    }
    const response = await open({ 'accept-encoding': 'gzip' })
    await expect(bytes(response)).rejects.toThrow('aborted')
  })
})

describe('CORS', () => {
  const origin = 'https://shop.example'
  const preflight = {
    origin,
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'content-type, x-a',
  }
  const cors = (origins: string[], credentials = false) => ({
    origins,
    methods: null,
    headers: null,
    credentials,
    maxAgeSeconds: 600,
  })

  it('is the app’s own affair without the setting', async () => {
    handle = (request, response) => response.end(`from the app: ${request.method}`)
    await gateway.control.route(route('abcdef', app.path))
    const answer = await ask(gateway.port, APP, '/', { method: 'OPTIONS', headers: preflight })
    expect(answer.body).toBe('from the app: OPTIONS')
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('answers preflights without asking the app, even while it sleeps', async () => {
    await gateway.control.route({ appid: 'abcdef', state: 'sleeping', upstreams: [], cors: cors(['*']) })
    const answer = await ask(gateway.port, APP, '/x', { method: 'OPTIONS', headers: preflight })
    expect(answer).toMatchObject({ status: 204, body: '' })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'PUT',
      'access-control-allow-headers': 'content-type, x-a',
      'access-control-max-age': '600',
    })
    expect(gateway.control.received.filter((m) => m.type === 'wake')).toEqual([])
  })

  it('names the asking origin where credentials may come along, and only an allowed one', async () => {
    await gateway.control.route({ ...route('abcdef', app.path), cors: cors([origin], true) })
    const good = await ask(gateway.port, APP, '/', { headers: { origin } })
    expect(good.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'origin',
    })
    for (const headers of [{ origin: 'https://evil.example' }, { ...preflight, origin: 'null' }]) {
      const bad = await ask(gateway.port, APP, '/', { headers })
      expect(bad.headers).not.toHaveProperty('access-control-allow-origin')
      expect(bad.headers.vary).toBe('origin')
    }
  })

  it('stands on errors of the gateway too, and yields to what the app says itself', async () => {
    await gateway.control.route({ appid: 'abcdef', state: 'stopped', upstreams: [], cors: cors(['*']) })
    const stopped = await ask(gateway.port, APP, '/', { headers: { origin } })
    expect(stopped.status).toBe(503)
    expect(stopped.headers['access-control-allow-origin']).toBe('*')
    await gateway.control.route({ ...route('abcdef', app.path), cors: cors(['*']) })
    handle = (_, response) =>
      response.writeHead(200, { 'access-control-allow-origin': 'https://own.example' }).end()
    const own = await ask(gateway.port, APP, '/', { headers: { origin } })
    expect(own.headers['access-control-allow-origin']).toBe('https://own.example')
  })
})

describe('the rate limit of an app', () => {
  it('answers 429 with Retry-After above it, and leaves other apps alone', async () => {
    handle = (_, response) => response.end('ok')
    await gateway.control.route({ ...route('abcdef', app.path), requestsPerSecond: 0.01 })
    await gateway.control.route(route('ghjkmn', app.path))
    expect((await ask(gateway.port, APP)).status).toBe(200)
    const answer = await ask(gateway.port, APP)
    expect(answer.status).toBe(429)
    expect(answer.headers['retry-after']).toMatch(/^\d+$/)
    expect(JSON.parse(answer.body).error.code).toBe('TOO_MANY_REQUESTS')
    expect((await ask(gateway.port, 'ghjkmn.localhost')).status).toBe(200)
    await gateway.control.route(route('abcdef', app.path))
    expect((await ask(gateway.port, APP)).status).toBe(200)
  })
})
