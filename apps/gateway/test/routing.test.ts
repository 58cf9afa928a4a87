import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './support/client.ts'
import { instanceId, route, TestGateway } from './support/gateway-process.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
const CONSOLE = 'localhost:8000'

let gateway: TestGateway
let app: TestUpstream
let api: TestUpstream

beforeAll(async () => {
  gateway = await TestGateway.start()
  app = await httpUpstream(gateway.socketPath('app'), (request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ from: 'app', method: request.method, url: request.url, headers: request.headers }),
    )
  })
  api = await httpUpstream(gateway.apiSocket, (request, response) => {
    response.end(`api ${request.method} ${request.url}`)
  })
  await gateway.control.route(route('abcdef', app.path))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

describe('hosts', () => {
  it.each([APP, 'abcdef.localhost', 'ABCDEF.LOCALHOST:8000', 'AbCdEf.localhost'])(
    'takes %s to the app',
    async (host) => {
      const answer = await ask(gateway.port, host, '/users/list?a=1')
      expect(answer.status).toBe(200)
      expect(JSON.parse(answer.body)).toMatchObject({ from: 'app', url: '/users/list?a=1' })
    },
  )

  it.each([
    'example.com',
    'abcdef.localhost:9999',
    'abcdef.localhost.',
    'abcdef.localhost.evil.com',
    'x.abcdef.localhost',
    'abcdeflocalhost',
    'abcdefg.localhost',
    '0bcdef.localhost',
    '.localhost',
    '127.0.0.1',
    '[::1]:8000',
    'localhost:80',
  ])('answers 404 or 400 for %s', async (host) => {
    const answer = await ask(gateway.port, host)
    expect([400, 404]).toContain(answer.status)
    const { error } = JSON.parse(answer.body)
    expect(['HOST_NOT_FOUND', 'BAD_REQUEST']).toContain(error.code)
    expect(error.requestId).toBe(answer.headers['x-request-id'])
  })

  it('names the console in the answer for a foreign host', async () => {
    const answer = await ask(gateway.port, 'example.com')
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body).error).toMatchObject({
      code: 'HOST_NOT_FOUND',
      message: expect.stringContaining('http://localhost:8000'),
    })
  })

  it('answers 404 for an app that does not exist', async () => {
    const answer = await ask(gateway.port, 'zzzzzz.localhost:8000')
    expect(answer.status).toBe(404)
    expect(JSON.parse(answer.body).error.code).toBe('APP_NOT_FOUND')
  })

  it.each([
    '/trpc/apps.list?input=%7B%7D',
    '/api/auth/session',
    '/healthz',
    '/readyz',
    '/trpc',
    '/healthz?x',
  ])('takes %s of the console host to the api', async (path) => {
    expect((await ask(gateway.port, CONSOLE, path)).body).toBe(`api GET ${path}`)
  })

  it.each(['/', '/trpcx', '/healthzz', '/apps/abcdef', '/API/x'])(
    'answers %s of the console host with the console',
    async (path) => {
      const answer = await ask(gateway.port, CONSOLE, path)
      expect(answer.status).toBe(200)
      expect(answer.body).toContain('<title>Lathe</title>')
    },
  )

  it('takes the paths of the api on an app host to the app', async () => {
    const answer = await ask(gateway.port, APP, '/trpc/apps.list')
    expect(JSON.parse(answer.body)).toMatchObject({ from: 'app', url: '/trpc/apps.list' })
  })
})

describe('the forwarded request', () => {
  it.each([
    '/../../etc/passwd',
    '/a/..%2f..%2fetc/passwd',
    '/%2e%2e/x',
    '/a//b/./c',
    '/a%00b',
    '/a?b=../c',
    '/\'"<>\\|^`{}',
  ])('keeps %s byte for byte', async (path) => {
    const answer = await ask(gateway.port, APP, path)
    expect(JSON.parse(answer.body).url).toBe(path)
  })

  it('replaces what only the gateway may say', async () => {
    const answer = await ask(gateway.port, APP, '/', {
      headers: {
        'x-forwarded-for': '6.6.6.6',
        'x-forwarded-host': 'evil.com',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '1',
        'x-real-ip': '6.6.6.6',
        forwarded: 'for=6.6.6.6',
        'x-request-id': 'chosen-by-me',
        'x-lathe-user': 'root',
      },
    })
    const { headers } = JSON.parse(answer.body)
    expect(headers).toMatchObject({
      host: APP,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': APP,
      'x-forwarded-proto': 'http',
      'x-request-id': answer.headers['x-request-id'],
    })
    expect(JSON.stringify(headers)).not.toMatch(/6\.6\.6\.6|evil|chosen|x-lathe|x-forwarded-port/)
  })

  it('passes the run token of a connection from this machine', async () => {
    const answer = await ask(gateway.port, APP, '/', { headers: { 'x-lathe-run': 'a-token' } })
    expect(JSON.parse(answer.body).headers['x-lathe-run']).toBe('a-token')
  })

  it('drops hop-by-hop fields and those that Connection names, and nothing else', async () => {
    const answer = await ask(gateway.port, APP, '/', {
      headers: {
        connection: 'close, x-private, content-length, host',
        'x-private': '1',
        'x-public': '2',
        'keep-alive': 'timeout=9',
        te: 'trailers',
        'proxy-authorization': 'Basic eA==',
        upgrade: 'h2c',
        cookie: 'a=1; b=2',
        authorization: 'Bearer t',
      },
    })
    const { headers } = JSON.parse(answer.body)
    expect(headers).toMatchObject({
      'x-public': '2',
      cookie: 'a=1; b=2',
      authorization: 'Bearer t',
      host: APP,
    })
    for (const name of [
      'x-private',
      'keep-alive',
      'te',
      'proxy-authorization',
      'upgrade',
      'proxy-connection',
    ]) {
      expect(headers).not.toHaveProperty(name)
    }
  })

  it('gives every request an id of its own', async () => {
    const ids = new Set<unknown>()
    for (let i = 0; i < 20; i++) ids.add((await ask(gateway.port, APP)).headers['x-request-id'])
    expect(ids.size).toBe(20)
  })
})

describe('states of an app', () => {
  it.each([
    ['stopped', 'APP_STOPPED'],
    ['failed', 'APP_FAILED'],
  ] as const)('answers 503 while it is %s', async (state, code) => {
    await gateway.control.route({ appid: 'ghjkmn', state, upstreams: [] })
    const answer = await ask(gateway.port, 'ghjkmn.localhost')
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body).error.code).toBe(code)
  })

  it('forgets an app that was removed', async () => {
    await gateway.control.route(route('pqrstu', app.path))
    expect((await ask(gateway.port, 'pqrstu.localhost')).status).toBe(200)
    await gateway.control.remove('pqrstu')
    expect((await ask(gateway.port, 'pqrstu.localhost')).status).toBe(404)
  })

  it('ignores a control message that it does not understand', async () => {
    gateway.control.sayRaw('{"type":"route","seq":1,"route":{"appid":"../x"}}')
    gateway.control.sayRaw('not json')
    await gateway.control.route(route('vwxyz2', app.path))
    expect((await ask(gateway.port, 'vwxyz2.localhost')).status).toBe(200)
  })

  it('shows the api its token', () => {
    expect(gateway.control.authorizations[0]).toMatch(/^Bearer .{32,}/)
    expect(instanceId(app.path)).toBe('instance-app')
  })
})
