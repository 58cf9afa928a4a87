import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, rawAnswer, rawClient } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const HOST = 'Host: abcdef.localhost:8000'

let gateway: TestGateway
let app: TestUpstream
let release: () => void = () => {}

beforeAll(async () => {
  gateway = await TestGateway.start({
    limits: {
      headMs: 1_500,
      idleMs: 1_500,
      bodyIdleMs: 1_500,
      slowReadMs: 1_500,
      upstreamSilenceMs: 1_500,
      inFlightPerApp: 3,
    },
  })
  app = await httpUpstream(gateway.socketPath('app'), (request, response) => {
    if (request.url === '/hang') return
    if (request.url === '/wait') {
      const before = release
      release = () => {
        before()
        response.end('waited')
      }
      return
    }
    if (request.url === '/flood') {
      const more = () => {
        while (response.write(Buffer.alloc(65536)));
      }
      response.on('drain', more)
      more()
      return
    }
    request.resume().on('end', () => response.end('ok'))
  })
  await gateway.control.route(route('abcdef', app.path))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

describe('header bombs', () => {
  it('answers 431 for headers above 16 KiB', async () => {
    const text = await rawAnswer(
      gateway.port,
      `GET / HTTP/1.1\r\n${HOST}\r\nX: ${'a'.repeat(16_400)}\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
    expect(text).toContain('HEADERS_TOO_LARGE')
  })

  it('answers 431 for headers without end, before they end', async () => {
    const text = await rawAnswer(gateway.port, `GET / HTTP/1.1\r\n${HOST}\r\n${'X-A: 1\r\n'.repeat(40_000)}`)
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('answers 431 for too many fields', async () => {
    const text = await rawAnswer(gateway.port, `GET / HTTP/1.1\r\n${HOST}\r\n${'a:\r\n'.repeat(200)}\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 431 /)
  })

  it('answers 414 for an address above 8 KiB', async () => {
    const text = await rawAnswer(gateway.port, `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${HOST}\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 414 /)
  })

  it('answers 417 for an expectation that it does not know', async () => {
    const text = await rawAnswer(gateway.port, `GET / HTTP/1.1\r\n${HOST}\r\nExpect: magic\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 417 /)
  })

  it('goes on serving others', async () => {
    expect((await ask(gateway.port, 'abcdef.localhost')).body).toBe('ok')
  })
})

describe('slow clients', () => {
  it('closes a connection on which nothing comes', async () => {
    expect(await rawAnswer(gateway.port)).toBe('')
  })

  it('answers 408 to a head that drips (slowloris)', async () => {
    const client = rawClient(gateway.port, `GET / HTTP/1.1\r\n${HOST}\r\n`)
    const drip = setInterval(() => client.socket.write('X-A: 1\r\n'), 20)
    await client.closed
    clearInterval(drip)
    expect(client.text).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('answers 408 to a body that stops', async () => {
    const text = await rawAnswer(gateway.port, `POST / HTTP/1.1\r\n${HOST}\r\nContent-Length: 10\r\n\r\nhel`)
    expect(text).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('closes an idle keep-alive connection without a word', async () => {
    const text = await rawAnswer(gateway.port, `GET / HTTP/1.1\r\n${HOST}\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 /)
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })

  it('drops a client that does not read', async () => {
    const client = rawClient(gateway.port)
    client.socket.pause()
    client.socket.write(`GET /flood HTTP/1.1\r\n${HOST}\r\n\r\n`)
    await until(async () => (await connections()) > 0)
    await until(async () => (await connections()) === 0)
    client.socket.destroy()
  })
})

describe('slow and busy apps', () => {
  it('answers 504 when no byte comes', async () => {
    const answer = await ask(gateway.port, 'abcdef.localhost', '/hang')
    expect(answer.status).toBe(504)
    expect(JSON.parse(answer.body).error.code).toBe('FUNCTION_TIMEOUT')
  })

  it('answers 429 with Retry-After above the limit of requests in flight', async () => {
    const slow = await TestGateway.start({ limits: { inFlightPerApp: 3 } })
    await slow.control.route(route('abcdef', app.path))
    const before = app.requests.length
    const waiting = [1, 2, 3].map(() => ask(slow.port, 'abcdef.localhost', '/wait'))
    await until(() => app.requests.length === before + 3)
    const answer = await ask(slow.port, 'abcdef.localhost')
    expect(answer.status).toBe(429)
    expect(answer.headers['retry-after']).toBe('1')
    release()
    expect((await Promise.all(waiting)).map((a) => a.body)).toEqual(['waited', 'waited', 'waited'])
    expect((await ask(slow.port, 'abcdef.localhost')).status).toBe(200)
    await slow[Symbol.asyncDispose]()
  })
})

function connections(): Promise<number> {
  return new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  )
}
