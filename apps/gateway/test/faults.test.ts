import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, rawClient } from './support/client.ts'
import { ControlPeer } from './support/control-peer.ts'
import { instanceId, route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, onHead, rawUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
let gateway: TestGateway
let names = 0

beforeAll(async () => {
  gateway = await TestGateway.start({ limits: { retryHoldMs: 300, startHoldMs: 500 } })
})
afterAll(() => gateway[Symbol.asyncDispose]())

/** An upstream that answers each request with these bytes; closes afterwards when told to. */
async function saying(bytes: string, { close = false } = {}) {
  const upstream = await rawUpstream(gateway.socketPath(`raw${++names}`), (socket) => {
    onHead(socket, () => {
      socket.write(Buffer.from(bytes, 'latin1'))
      if (close) socket.end()
    })
  })
  await gateway.control.route(route('abcdef', upstream.path))
  return upstream
}

describe('hostile upstreams', () => {
  const garbage: Record<string, string> = {
    'binary noise': '\x00\x01\x02\xff\r\n\r\n',
    'no status line': 'hello\r\n\r\n',
    'another protocol': 'SSH-2.0-OpenSSH_9\r\n\r\n',
    'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
    'a status above 599': 'HTTP/1.1 700 OK\r\n\r\n',
    'two Content-Lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'a bad Content-Length': 'HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\nab',
    'both framings': 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'an unknown Transfer-Encoding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab',
    'obs-fold': 'HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\nContent-Length: 0\r\n\r\n',
    'a bare LF that would split the answer':
      'HTTP/1.1 200 OK\r\nX: 1\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n',
    'a bad chunk in the first bytes': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    '101 that nobody asked for': 'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'interim answers without end': 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50),
    'a header bomb': `HTTP/1.1 200 OK\r\n${'X-Bomb: 1234567890\r\n'.repeat(10_000)}`,
    'too many fields': `HTTP/1.1 200 OK\r\n${'a:\r\n'.repeat(500)}\r\n`,
  }
  it.each(Object.entries(garbage))('answers 502 for %s', async (_, bytes) => {
    const upstream = await saying(bytes)
    const answer = await ask(gateway.port, APP)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body).error.code).toBe('UPSTREAM_BROKEN')
    await until(() => upstream.sockets.size === 0)
    await upstream[Symbol.asyncDispose]()
  })

  it('answers 502 for half a head', async () => {
    await using upstream = await saying('HTTP/1.1 200 OK\r\nContent-Le', { close: true })
    const answer = await ask(gateway.port, APP)
    expect(JSON.parse(answer.body).error.code).toBe('UPSTREAM_BROKEN')
    await until(() => upstream.sockets.size === 0)
  })

  it('does not let an answer run over into the next request', async () => {
    const split =
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'
    await using _ = await saying(split)
    const client = rawClient(gateway.port, `GET / HTTP/1.1\r\nHost: ${APP}\r\n\r\n`.repeat(2))
    await until(() => (client.text.match(/\r\n\r\na/g) ?? []).length === 2)
    expect(client.text).not.toContain('poison')
    client.socket.destroy()
  })

  it('does not use a connection on which an answer came without a request', async () => {
    const upstream = await rawUpstream(gateway.socketPath('eager'), (socket) => {
      onHead(socket, (head) => {
        const body = head.split(' ')[1]!
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
        setImmediate(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison'))
      })
    })
    await gateway.control.route(route('abcdef', upstream.path))
    expect((await ask(gateway.port, APP, '/one')).body).toBe('/one')
    await until(() => upstream.sockets.size === 0)
    expect((await ask(gateway.port, APP, '/two')).body).toBe('/two')
    await upstream[Symbol.asyncDispose]()
  })

  it('breaks off an answer whose chunks break', async () => {
    await using upstream = await saying('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    const client = rawClient(gateway.port, `GET / HTTP/1.1\r\nHost: ${APP}\r\n\r\n`)
    await until(() => client.text.endsWith('hello\r\n'))
    for (const socket of upstream.sockets) socket.write('oops\r\n')
    await client.closed
    expect(client.text.endsWith('hello\r\n')).toBe(true)
  })

  it('passes an answer on that ends with its connection', async () => {
    await using _ = await saying('HTTP/1.1 200 OK\r\n\r\nuntil the end', { close: true })
    const answer = await ask(gateway.port, APP)
    expect(answer).toMatchObject({ status: 200, body: 'until the end' })
    expect(answer.headers.connection).toBe('close')
  })

  it('removes what an app may not say for the gateway', async () => {
    await using _ = await saying(
      'HTTP/1.1 200 OK\r\nX-Request-Id: forged\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nUpgrade: h2c\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n',
    )
    const { headers } = await ask(gateway.port, APP)
    expect(headers['x-request-id']).not.toBe('forged')
    for (const name of ['x-hop', 'upgrade', 'keep-alive']) expect(headers).not.toHaveProperty(name)
  })
})

describe('upstreams that die', () => {
  it('answers 502 and tells the api when nobody listens', async () => {
    await gateway.control.route(route('abcdef', gateway.socketPath('nobody')))
    const answer = await ask(gateway.port, APP)
    expect(answer.status).toBe(502)
    expect(JSON.parse(answer.body).error.code).toBe('UPSTREAM_UNAVAILABLE')
    expect(gateway.control.received).toContainEqual({
      type: 'upstream-down',
      appid: 'abcdef',
      instanceId: instanceId('nobody'),
    })
  })

  it('holds a request, even with a body, until the route names an upstream that listens', async () => {
    const slow = await TestGateway.start({ limits: { retryHoldMs: 20_000 } })
    await slow.control.route(route('abcdef', slow.socketPath('dead')))
    const answer = ask(slow.port, APP, '/', { method: 'POST', body: 'kept' })
    await until(() => slow.control.received.some((m) => m.type === 'upstream-down'))
    await using next = await httpUpstream(slow.socketPath('next'), (request, response) =>
      request.pipe(response),
    )
    await slow.control.route(route('abcdef', next.path))
    expect((await answer).body).toBe('kept')
    await slow[Symbol.asyncDispose]()
  })

  it('sends GET again on the replacement when the upstream dies before answering, POST never', async () => {
    const slow = await TestGateway.start({ limits: { retryHoldMs: 20_000 } })
    let heads = 0
    const dying = await rawUpstream(slow.socketPath('dying'), (socket) => onHead(socket, () => heads++))
    await slow.control.route(route('abcdef', dying.path))
    const get = ask(slow.port, APP, '/get')
    const post = ask(slow.port, APP, '/post', { method: 'POST', body: 'x' })
    await until(() => heads === 2)
    await dying[Symbol.asyncDispose]()
    expect((await post).status).toBe(502)
    await using next = await httpUpstream(slow.socketPath('next'), (request, response) =>
      response.end(request.url),
    )
    await slow.control.route(route('abcdef', next.path))
    expect((await get).body).toBe('/get')
    expect(next.requests.map((r) => r.url)).toEqual(['/get'])
    await slow[Symbol.asyncDispose]()
  })

  it('gives up on a request that kills every upstream', async () => {
    let heads = 0
    await using killer = await rawUpstream(gateway.socketPath('killer'), (socket) =>
      onHead(socket, () => {
        heads++
        socket.destroy()
      }),
    )
    await gateway.control.route(route('abcdef', killer.path))
    expect((await ask(gateway.port, APP)).status).toBe(502)
    expect(heads).toBe(2)
  })

  it('does not fail when an upstream closed its idle connections', async () => {
    await using app = await httpUpstream(gateway.socketPath('idle'), (_, response) => response.end('ok'))
    await gateway.control.route(route('abcdef', app.path))
    for (let i = 0; i < 20; i++) {
      expect((await ask(gateway.port, APP)).body).toBe('ok')
      app.server.closeAllConnections()
    }
  })

  it('uses another upstream of the app when one is dead', async () => {
    await using app = await httpUpstream(gateway.socketPath('alive'), (_, response) => response.end('alive'))
    await gateway.control.route(
      route('abcdef', gateway.socketPath('dead1'), app.path, gateway.socketPath('dead2')),
    )
    for (let i = 0; i < 10; i++) expect((await ask(gateway.port, APP)).body).toBe('alive')
  })

  it('breaks off when the process behind is killed in the middle of an answer', async () => {
    const path = gateway.socketPath('process')
    const code = `require('http').createServer((q, s) => { s.writeHead(200, { 'content-length': 99 }); s.write('half') }).listen(${JSON.stringify(path)}, () => console.log('up'))`
    const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    await gateway.control.route(route('abcdef', path))
    const req = request({ port: gateway.port, host: '127.0.0.1', agent: false, headers: { host: APP } }).end()
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    await once(response, 'data')
    child.kill('SIGKILL')
    await expect(once(response, 'end')).rejects.toThrow('aborted')
  })
})

describe('the api away', () => {
  it('holds requests while it restarts, then answers 502', async () => {
    const answer = await ask(gateway.port, 'localhost', '/trpc/x', { method: 'POST', body: '{}' })
    expect(answer.status).toBe(502)
    const slow = await TestGateway.start({ limits: { retryHoldMs: 20_000 } })
    const held = [
      ask(slow.port, 'localhost', '/api/get'),
      ask(slow.port, 'localhost', '/trpc/x', { method: 'POST', body: 'b' }),
    ]
    await ask(slow.port, 'localhost', '/')
    await using _ = await httpUpstream(slow.apiSocket, (request, response) => request.pipe(response))
    expect((await Promise.all(held)).map((a) => a.status)).toEqual([200, 200])
    await slow[Symbol.asyncDispose]()
  })
})

describe('the gateway itself', () => {
  it('serves its last routes after kill -9 while the api is away, and comes back to the api', async () => {
    await using own = await TestGateway.start({ limits: { retryHoldMs: 300 } })
    await using app = await httpUpstream(own.socketPath('app'), (_, response) => response.end('still here'))
    await own.control.route(route('abcdef', app.path))
    await until(async () => (await readFile(own.routesFile, 'utf8').catch(() => '')).includes('abcdef'))
    await own.control[Symbol.asyncDispose]()
    await own.kill('SIGKILL')
    await own.spawn()
    expect((await ask(own.port, APP)).body).toBe('still here')
    expect((await ask(own.port, 'ghjkmn.localhost')).status).toBe(503)
    own.control = await ControlPeer.start(own.controlSocket, [])
    await own.control.applied()
    expect((await ask(own.port, APP)).status).toBe(404)
  })

  it.each(['', '{', '{"version":1,"routes":[{"appid":"../../x"}]}'])(
    'starts with a spoiled routes file: %s',
    async (text) => {
      await using own = await TestGateway.start()
      await own.kill('SIGKILL')
      await writeFile(own.routesFile, text)
      await own.spawn()
      expect((await ask(own.port, 'localhost')).status).toBe(200)
    },
  )

  it('finishes requests in flight on SIGTERM, takes no new ones, and exits with 0', async () => {
    await using own = await TestGateway.start()
    let finish: () => void = () => {}
    await using app = await httpUpstream(own.socketPath('app'), (_, response) => {
      finish = () => response.end('finished')
    })
    await own.control.route(route('abcdef', app.path))
    const answer = ask(own.port, APP)
    await until(() => app.requests.length === 1)
    const idle = rawClient(own.port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await until(() => idle.text.includes('Lathe'))
    const gone = own.kill('SIGTERM')
    await idle.closed
    await expect(ask(own.port, 'localhost')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/)
    finish()
    expect((await answer).body).toBe('finished')
    expect(await gone).toEqual({ code: 0, signal: null })
  })

  it('does not wait for streams of events on SIGTERM', async () => {
    await using own = await TestGateway.start({ limits: { drainMs: 600_000 } })
    await using app = await httpUpstream(own.socketPath('app'), (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
    })
    await own.control.route(route('abcdef', app.path))
    const req = request({ port: own.port, host: '127.0.0.1', agent: false, headers: { host: APP } }).end()
    req.on('error', () => {})
    const [response] = (await once(req, 'response')) as [IncomingMessage]
    response.on('error', () => {})
    await once(response, 'data')
    expect(await own.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  it('exits when its parent is gone', async () => {
    await using own = await TestGateway.start()
    const exited = once(own.child, 'exit')
    own.child.disconnect()
    expect((await exited)[0]).toBe(0)
  })

  it.each([
    ['LATHE_PORT', {}],
    ['LATHE_HOST', { LATHE_HOST: '203.0.113.7', LATHE_PORT: '0' }],
    ['LATHE_PORT', { LATHE_PORT: 'eighty' }],
    ['LATHE_GATEWAY_LIMITS', { LATHE_GATEWAY_LIMITS: '{"headMs":"long"}' }],
  ])('says that %s is what keeps it from starting', async (setting, env) => {
    await using own = await TestGateway.start()
    const port = own.port
    const refused = await spawnSecond(own, { LATHE_PORT: String(port), ...env })
    expect(refused.report).toMatchObject({
      type: 'refused',
      setting,
      message: expect.stringMatching(/.{10}/),
    })
    expect(refused.code).toBe(1)
  })
})

async function spawnSecond(own: TestGateway, env: Record<string, string>) {
  const first = own.child
  own.options.env = env
  const report = await own.spawnForReport()
  const second = own.child
  own.child = first
  const code = second.exitCode ?? (await once(second, 'exit'))[0]
  return { report, code }
}
