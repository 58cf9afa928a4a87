import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ask } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, rawUpstream } from './support/upstream.ts'

const CONNECTIONS = 1_500
const AT_ONCE = 30

const requestPieces = [
  'GET ',
  'POST ',
  'HEAD ',
  '/',
  ' HTTP/1.1',
  ' HTTP/1.0',
  '\r\n',
  '\r\n\r\n',
  'Host: abcdef.localhost\r\n',
  'Host: localhost\r\n',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Connection: Upgrade\r\nUpgrade: websocket\r\n',
  'Expect: 100-continue\r\n',
  'Accept-Encoding: gzip\r\n',
  'hello',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  '\0',
  '\n',
  'GET /x HTTP/1.1\r\nHost: abcdef.localhost\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: abcdef.localhost\r\nAccept-Encoding: br\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'POST /x HTTP/1.1\r\nHost: abcdef.localhost\r\nTransfer-Encoding: chunked\r\n\r\n',
  'GET /x HTTP/1.1\r\nHost: abcdef.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
]
const answerPieces = [
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 204 No Content\r\n',
  'HTTP/1.1 304 Not Modified\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 2000\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Content-Type: text/plain\r\n',
  'Content-Type: text/event-stream\r\n',
  'Connection: close\r\n',
  '\r\n',
  'hello',
  '5\r\nhello\r\n',
  '0\r\n\r\n',
  'x'.repeat(2000),
  '\0',
  'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n',
]

const bytesOf = (pieces: string[]) =>
  fc
    .array(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...pieces) }, fc.string()), { maxLength: 8 })
    .map((p) => Buffer.from(p.join(''), 'latin1'))
/** What one side does: bytes, more bytes, and how it leaves. */
const behaviour = (pieces: string[]) =>
  fc.record({
    first: bytesOf(pieces),
    second: bytesOf(pieces),
    leave: fc.constantFrom('end', 'destroy', 'stay', 'stay'),
  })

it('outlives clients and upstreams that say anything to each other, and leaves nothing in flight', async () => {
  await using gateway = await TestGateway.start({
    limits: {
      headMs: 500,
      idleMs: 500,
      bodyIdleMs: 500,
      lingerMs: 50,
      retryHoldMs: 50,
      startHoldMs: 100,
      upstreamSilenceMs: 500,
      slowReadMs: 500,
    },
  })
  const seed = 20_261_123
  const clients = fc.sample(behaviour(requestPieces), { numRuns: CONNECTIONS, seed })
  const answers = fc.sample(behaviour(answerPieces), { numRuns: CONNECTIONS, seed: seed + 1 })
  let turn = 0
  await using _ = await rawUpstream(gateway.socketPath('fuzz'), (socket) => {
    socket.on('data', () => {
      const { first, second, leave } = answers[turn++ % answers.length]!
      socket.write(first)
      setImmediate(() => socket.writable && socket.write(second))
      if (leave !== 'stay') setImmediate(() => socket[leave as 'end' | 'destroy']())
    })
  })
  await gateway.control.route(route('abcdef', gateway.socketPath('fuzz')))

  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = clients.pop(); next; next = clients.pop()) {
      const { first, second, leave } = next
      const socket = connect(gateway.port, '127.0.0.1').on('error', () => {})
      const closed = once(socket, 'close')
      socket.resume().on('end', () => socket.end())
      socket.write(first)
      setImmediate(() => socket.writable && socket.write(second))
      if (leave === 'stay') setTimeout(() => socket.destroy(), 100)
      else setImmediate(() => socket[leave as 'end' | 'destroy']())
      await closed.catch(() => {})
    }
  })
  await Promise.all(workers)

  expect(gateway.child.exitCode).toBeNull()
  await using app = await httpUpstream(gateway.socketPath('app'), (_, response) =>
    response.end('still right'),
  )
  await gateway.control.route(route('abcdef', app.path))
  expect((await ask(gateway.port, 'abcdef.localhost')).body).toBe('still right')
  const heard = gateway.control.received.length
  await until(() =>
    gateway.control.received.slice(heard).some((m) => m.type === 'heartbeat' && m.inFlight === 0),
  )
})
