import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, collect, rawAnswer, rawClient } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
const MB = 1024 * 1024

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

function open(method: string, headers: Record<string, string> = {}) {
  return request({
    port: gateway.port,
    host: '127.0.0.1',
    method,
    agent: false,
    headers: { host: APP, ...headers },
  })
}

/** Resident megabytes of the gateway. */
function rssMb(): number {
  const status = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
}

describe('bodies', () => {
  it('carries 20 MB there and back unchanged', async () => {
    handle = (request, response) => request.pipe(response)
    const body = randomBytes(20 * MB)
    const req = open('POST')
    const answered = once(req, 'response') as Promise<[IncomingMessage]>
    req.end(body)
    const [response] = await answered
    const hash = createHash('sha256')
    for await (const chunk of response) hash.update(chunk)
    expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'))
  })

  it('holds a sender back when the app does not read, and needs no memory for the rest', async () => {
    let paused: IncomingMessage | undefined
    handle = (request) => {
      paused = request.pause()
    }
    const before = rssMb()
    const req = open('POST', { 'content-length': String(200 * MB) })
    req.on('error', () => {})
    let written = 0
    const chunk = Buffer.alloc(MB)
    while (req.write(chunk) && written < 200) written++
    await until(() => paused !== undefined)
    // Fill whatever buffers there are: the sender stops long before 200 MB.
    for (; written < 200; written++) {
      const drained = Promise.race([once(req, 'drain').then(() => true), settled(req)])
      if (!req.write(chunk) && !(await drained)) break
    }
    expect(written).toBeLessThan(100)
    expect(rssMb() - before).toBeLessThan(40)
    req.destroy()
  })

  it('holds an app back when the client does not read, and needs no memory for the rest', async () => {
    let sent = 0
    handle = (_, response) => {
      const more = () => {
        for (let room = true; room && sent < 200 * MB; sent += 65536)
          room = response.write(Buffer.alloc(65536))
      }
      response.on('drain', more)
      more()
    }
    const before = rssMb()
    const client = rawClient(gateway.port)
    client.socket.pause()
    client.socket.write(`GET / HTTP/1.1\r\nHost: ${APP}\r\n\r\n`)
    await until(() => sent > 0)
    for (let last = -1; last !== sent; ) {
      last = sent
      await ask(gateway.port, 'localhost', '/')
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(sent).toBeLessThan(50 * MB)
    expect(rssMb() - before).toBeLessThan(40)
    client.socket.destroy()
  })

  it('passes every chunk on as it comes, both ways at once', async () => {
    handle = (request, response) => {
      response.flushHeaders()
      request.on('data', (bytes: Buffer) => response.write(`echo ${bytes}`))
      request.on('end', () => response.end())
    }
    const req = open('POST')
    const answered = once(req, 'response') as Promise<[IncomingMessage]>
    req.flushHeaders()
    const [response] = await answered
    for (const word of ['one', 'two', 'three']) {
      req.write(word)
      const [echoed] = await once(response, 'data')
      expect(String(echoed)).toBe(`echo ${word}`)
    }
    req.end()
    await once(response.resume(), 'end')
  })

  it('delivers server-sent events one by one', async () => {
    let stream: ServerResponse | undefined
    handle = (_, response) => {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' })
      stream.flushHeaders()
    }
    const req = open('GET').end()
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    for (let i = 0; i < 3; i++) {
      stream!.write(`data: ${i}\n\n`)
      expect(String((await once(response, 'data'))[0])).toBe(`data: ${i}\n\n`)
    }
    req.destroy()
    await once(stream!, 'close')
  })

  it('passes trailers both ways', async () => {
    handle = (request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' })
        response.write('body')
        response.addTrailers({ 'x-sum': `got ${request.trailers['x-in']}` })
        response.end()
      })
    }
    const req = open('POST', { trailer: 'x-in' })
    req.write('a')
    req.addTrailers({ 'x-in': '7' })
    req.end()
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    expect((await collect(response)).body).toBe('body')
    expect(response.trailers).toEqual({ 'x-sum': 'got 7' })
  })

  it('answers before the body is there, and drops the rest', async () => {
    handle = (_, response) => response.writeHead(413, { connection: 'close' }).end('too large')
    const req = open('POST', { 'content-length': String(20 * MB) })
    req.on('error', () => {})
    req.write(Buffer.alloc(MB))
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    expect(await collect(response)).toMatchObject({ status: 413, body: 'too large' })
    req.destroy()
  })
})

describe('special requests', () => {
  it('keeps the length of an answer to HEAD and sends no body', async () => {
    handle = (_, response) => response.writeHead(200, { 'content-length': '1234' }).end()
    const client = rawClient(gateway.port, `HEAD / HTTP/1.1\r\nHost: ${APP}\r\n\r\n`)
    await until(() => client.text.endsWith('\r\n\r\n'))
    expect(client.text).toMatch(/content-length: 1234/i)
    client.socket.write(`GET / HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n`)
    await client.closed
    expect(client.text).toContain('HOST_NOT_FOUND')
  })

  it.each([204, 304])('keeps the connection after %i', async (status) => {
    handle = (_, response) => response.writeHead(status).end()
    const text = await rawAnswer(
      gateway.port,
      `GET /a HTTP/1.1\r\nHost: ${APP}\r\n\r\nGET /b HTTP/1.1\r\nHost: ${APP}\r\nConnection: close\r\n\r\n`,
    )
    expect(text.match(new RegExp(`HTTP/1\\.1 ${status} `, 'g'))).toHaveLength(2)
  })

  it('waits for 100 Continue of the app before the body is sent', async () => {
    handle = (request, response) => {
      request.resume().on('end', () => response.end('thanks'))
    }
    const req = open('POST', { expect: '100-continue', 'content-length': '4' })
    req.flushHeaders()
    await once(req, 'continue')
    req.end('body')
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    expect((await collect(response)).body).toBe('thanks')
  })

  it('closes when the app refuses a body that was announced by Expect', async () => {
    const refuse = (_: IncomingMessage, response: ServerResponse) => response.writeHead(401).end('no')
    app.server.on('checkContinue', refuse)
    const text = await rawAnswer(
      gateway.port,
      `POST / HTTP/1.1\r\nHost: ${APP}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`,
    )
    expect(text).toMatch(/^HTTP\/1\.1 401 /)
    app.server.off('checkContinue', refuse)
  })

  it('passes early hints on', async () => {
    handle = (_, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('page')
    }
    const req = open('GET').end()
    const answered = once(req, 'response') as Promise<[IncomingMessage]>
    const [info] = await once(req, 'information')
    expect(info).toMatchObject({ statusCode: 103, headers: { link: '</a.css>; rel=preload' } })
    const [response] = await answered
    expect((await collect(response)).body).toBe('page')
  })

  it('serves HTTP/1.0 clients without chunked coding', async () => {
    handle = (_, response) => {
      response.write('part one, ')
      response.end('part two')
    }
    const text = await rawAnswer(gateway.port, `GET / HTTP/1.0\r\nHost: ${APP}\r\n\r\n`)
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(text).not.toMatch(/transfer-encoding/i)
    expect(text.endsWith('\r\n\r\npart one, part two')).toBe(true)
  })
})

describe('disconnects', () => {
  it('aborts the app at once when the client goes away', async () => {
    const closed = new Promise<boolean>((resolve) => {
      handle = (_, response) => {
        response.write('begun')
        response.on('close', () => resolve(response.writableFinished))
      }
    })
    const req = open('GET').end()
    req.on('error', () => {})
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    await once(response, 'data')
    req.destroy()
    expect(await closed).toBe(false)
  })

  it('aborts the app when the client goes away before an answer', async () => {
    const seen = Promise.withResolvers<void>()
    const closed = new Promise<void>((resolve) => {
      handle = (_, response) => {
        response.on('close', resolve)
        seen.resolve()
      }
    })
    const req = open('GET').end()
    req.on('error', () => {})
    await seen.promise
    req.destroy()
    await closed
  })

  it('breaks the client off when the app breaks off, so that nobody takes half an answer for whole', async () => {
    handle = (_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half', () => response.destroy())
    }
    const req = open('GET').end()
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    await expect(collect(response)).rejects.toThrow('aborted')
  })
})

/** Resolves false once the gateway has had many turns without taking more. */
async function settled(req: ReturnType<typeof open>): Promise<boolean> {
  let last = -1
  while (last !== req.socket!.bytesWritten - req.socket!.writableLength) {
    last = req.socket!.bytesWritten - req.socket!.writableLength
    for (let i = 0; i < 20; i++) await ask(gateway.port, 'localhost', '/')
  }
  return false
}
