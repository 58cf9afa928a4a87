import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { ask, rawAnswer, rawClient } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
let gateway: TestGateway
let app: TestUpstream
let sockets: WebSocketServer

beforeAll(async () => {
  gateway = await TestGateway.start({ limits: { idleMs: 1_500, headMs: 1_500 } })
  app = await httpUpstream(gateway.socketPath('app'), (_, response) => response.end('plain'))
  sockets = new WebSocketServer({ noServer: true })
  app.server.on('upgrade', (request, socket, head) => {
    if (request.url === '/refuse')
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno')
    else sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request))
  })
  sockets.on('connection', (ws, request) => {
    ws.send(`hello ${request.url} ${request.headers['x-forwarded-for']}`)
    ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }))
  })
  await gateway.control.route(route('abcdef', app.path))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

function open(path: string): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, { headers: { host: APP } })
}

describe('WebSockets', () => {
  it('echo through the gateway, text and 5 MB of bytes', async () => {
    const ws = open('/chat?room=1')
    expect(String((await once(ws, 'message'))[0])).toBe('hello /chat?room=1 127.0.0.1')
    ws.send('Grüße')
    expect(String((await once(ws, 'message'))[0])).toBe('Grüße')
    const bytes = randomBytes(5 * 1024 * 1024)
    ws.send(bytes)
    expect(bytes.equals((await once(ws, 'message'))[0] as Buffer)).toBe(true)
    ws.close(4001, 'done')
    expect((await once(ws, 'close'))[0]).toBe(4001)
    await until(() => sockets.clients.size === 0)
  })

  it('stay open longer than idle connections, and through a change of route', async () => {
    const ws = open('/long')
    await once(ws, 'message')
    expect(await rawAnswer(gateway.port)).toBe('')
    await gateway.control.route({ appid: 'abcdef', state: 'stopped', upstreams: [] })
    ws.send('still')
    expect(String((await once(ws, 'message'))[0])).toBe('still')
    ws.terminate()
    await gateway.control.route(route('abcdef', app.path))
    await until(() => sockets.clients.size === 0)
  })

  it('end when the app ends them', async () => {
    const ws = open('/')
    await once(ws, 'message')
    const closed = once(ws, 'close')
    for (const client of sockets.clients) client.terminate()
    await closed
  })

  it('pass a refusal on as a plain answer', async () => {
    const ws = open('/refuse')
    const [, response] = await once(ws, 'unexpected-response')
    expect(response.statusCode).toBe(403)
    ws.on('error', () => {})
    ws.terminate()
  })

  it('keep frames that come right behind the handshake', async () => {
    const key = randomBytes(16).toString('base64')
    const handshake = `GET /eager HTTP/1.1\r\nHost: ${APP}\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
    // A masked text frame "hi", with a mask of zeros.
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69])
    const client = rawClient(gateway.port, Buffer.concat([Buffer.from(handshake), frame]))
    await until(() => client.text.endsWith('\x81\x02hi'))
    expect(client.text).toMatch(/^HTTP\/1\.1 101 /)
    client.socket.destroy()
  })

  it('are not offered by the console host, nor to other protocols', async () => {
    await using api = await httpUpstream(gateway.apiSocket, (request, response) =>
      response.end(`api ${request.headers.upgrade}`),
    )
    const headers = { connection: 'Upgrade', upgrade: 'websocket' }
    expect((await ask(gateway.port, 'localhost', '/trpc/x', { headers })).body).toBe('api undefined')
    expect((await ask(gateway.port, APP, '/', { headers: { ...headers, upgrade: 'h2c' } })).body).toBe(
      'plain',
    )
    expect(api.requests).toHaveLength(1)
  })
})
