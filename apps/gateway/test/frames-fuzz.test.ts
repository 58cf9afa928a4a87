import { decodeRequest, FRAMES_PROTOCOL, Frame, FrameReader, MAX_PAYLOAD } from '@lathe/wire'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, rawClient } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, type RawUpstream, rawUpstream } from './support/upstream.ts'

const APP = 'abcdef.localhost:8000'
const UPGRADED = `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`
let gateway: TestGateway
let names = 0

beforeAll(async () => {
  gateway = await TestGateway.start({
    limits: { retryHoldMs: 50, upstreamSilenceMs: 20_000, idleMs: 500, lingerMs: 50 },
  })
})
afterAll(() => gateway[Symbol.asyncDispose]())

function frame(type: number, stream: number, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(8)
  head.writeUIntLE(bytes.length, 0, 3)
  head[3] = type
  head.writeUInt32LE(stream, 4)
  return Buffer.concat([head, bytes])
}

function answer(stream: number, status: number, fields: string, body: string): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt16LE(status, 0)
  head.writeUInt16LE(fields.length, 2)
  return frame(Frame.ANSWER, stream, Buffer.concat([head, Buffer.from(fields, 'latin1'), Buffer.from(body)]))
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** An upstream that says it speaks frames, and then says what it likes each time something comes. */
async function saying(say: (turn: number) => Buffer, own = gateway): Promise<RawUpstream> {
  const upstream = await rawUpstream(own.socketPath(`frames${++names}`), (socket) => {
    let turn = 0
    socket.once('data', (upgrade: Buffer) => {
      socket.write(UPGRADED)
      // A request may come with the upgrade or after it.
      if (!upgrade.subarray(-4).equals(Buffer.from('\r\n\r\n'))) socket.write(say(++turn))
      socket.on('data', () => socket.write(say(++turn)))
    })
  })
  const { upstreams, ...rest } = route('abcdef', upstream.path)
  const framed = upstreams.map(({ instanceId, upstream }) => ({
    instanceId,
    upstream: { ...upstream, frames: true as const },
  }))
  await own.control.route({ ...rest, upstreams: framed })
  return upstream
}

describe('a runtime that breaks the rules of framing', () => {
  const breaches: Record<string, Buffer> = {
    'noise instead of frames': Buffer.from('\xff\xff\xff\xffnonsense', 'latin1'),
    'an answer to a request that was never sent': answer(77, 200, '', 'poison'),
    'a request of its own': frame(Frame.REQUEST, 1, '0GET\n/\nid\n\n'),
    'an answer shorter than its fields': frame(Frame.ANSWER, 1, '\xc8\0\xff\xff'),
    'more credit than there can be': frame(Frame.CREDIT, 1, u32(2 ** 31)),
    'a payload over the limit': Buffer.concat([u32(MAX_PAYLOAD + 1 + Frame.DATA * 2 ** 24), u32(1)]),
  }
  it.each(Object.entries(breaches))(
    'loses its connection by %s, and the visitor gets 502',
    async (_, bytes) => {
      const upstream = await saying(() => bytes)
      const refused = await ask(gateway.port, APP, '/', { method: 'POST' })
      expect(refused.status).toBe(502)
      expect(refused.body).not.toContain('poison')
      await until(() => upstream.sockets.size === 0)
      await upstream[Symbol.asyncDispose]()
    },
  )

  const improper: Record<string, Buffer> = {
    'a status below 200': answer(1, 101, '', ''),
    'a status above 599': answer(1, 999, '', ''),
    'a Content-Length of its own': answer(1, 200, 'content-length: 3\r\n', 'hello'),
    'a Transfer-Encoding': answer(1, 200, 'transfer-encoding: chunked\r\n', '0\r\n\r\n'),
    'a Content-Length in a status without body': answer(1, 204, 'content-length: 3\r\n', ''),
    'a field that is cut off': answer(1, 200, 'x-cut: off', 'hello'),
    'a field that ends the head': answer(1, 200, 'a: b\r\n\r\nHTTP/1.1 200 OK\r\n', 'hello'),
    'a bare line feed': answer(1, 200, 'a: b\nset-cookie: c=d\r\n', 'hello'),
    'no head in HTTP/1.1': frame(Frame.DATA, 1, 'nonsense\r\n\r\n'),
    'an end without an answer': frame(Frame.END, 1),
    'half a head': Buffer.concat([frame(Frame.DATA, 1, 'HTTP/1.1 200 OK\r\n'), frame(Frame.END, 1)]),
  }
  it.each(Object.entries(improper))('answers nothing by %s: 502', async (_, bytes) => {
    await using _upstream = await saying(() => bytes)
    const refused = await ask(gateway.port, APP)
    expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([502, 'UPSTREAM_BROKEN'])
  })

  it('cannot send more than it has credit for to a visitor who does not read', async () => {
    const part = frame(Frame.DATA, 1, 'x'.repeat(60_000))
    const flood = Buffer.concat([
      frame(Frame.DATA, 1, 'HTTP/1.1 200 OK\r\n\r\n'),
      ...Array.from({ length: 400 }, () => part),
    ])
    const upstream = await saying(() => flood)
    const client = rawClient(gateway.port)
    client.socket.pause()
    client.socket.write(`GET / HTTP/1.1\r\nHost: ${APP}\r\n\r\n`)
    await until(() => upstream.sockets.size === 1)
    await until(() => upstream.sockets.size === 0)
    client.socket.destroy()
    await upstream[Symbol.asyncDispose]()
  })

  it('gets a request ten times more and no oftener when it always says that it has not looked at it', async () => {
    let connections = 0
    await using _upstream = await saying((turn) => {
      if (turn === 1) connections++
      return frame(Frame.GOAWAY, 0, u32(0))
    })
    expect((await ask(gateway.port, APP)).status).toBe(502)
    expect(connections).toBe(11)
  })

  it('is not asked again for what it has said to be the end of it: the visitor gets 504', async () => {
    const ids: string[] = []
    const upstream = await rawUpstream(gateway.socketPath(`frames${++names}`), (socket) => {
      const reader = new FrameReader([Frame.REQUEST, Frame.RESET])
      socket.write(UPGRADED)
      socket.once('data', (upgrade: Buffer) => {
        const take = (bytes: Buffer) => {
          reader.push(bytes)
          while (reader.next()) {
            const { type, bytes, start, end } = reader
            if (type === Frame.REQUEST) ids.push(decodeRequest(bytes, start, end)!.requestId)
          }
        }
        take(upgrade.subarray(upgrade.indexOf('\r\n\r\n') + 4))
        socket.on('data', take)
      })
    })
    const { upstreams, ...rest } = route('abcdef', upstream.path)
    const [{ instanceId, upstream: to }] = upstreams as [(typeof upstreams)[0]]
    await gateway.control.route({
      ...rest,
      upstreams: [{ instanceId, upstream: { ...to, frames: true } }],
    })
    const asked = ask(gateway.port, APP, '/guilty')
    await until(() => ids.length === 1)
    await gateway.control.timedOut('abcdef', 'another-request', 'other')
    await gateway.control.timedOut('ghjkmn', ids[0]!, 'foreign')
    await gateway.control.timedOut('abcdef', ids[0]!, 'guilty')
    const answered = await asked
    expect([answered.status, JSON.parse(answered.body).error.code]).toEqual([504, 'FUNCTION_TIMEOUT'])
    expect(JSON.parse(answered.body).error.message).toMatch(/^guilty timed out/)
    await upstream[Symbol.asyncDispose]()
    expect(ids.length).toBe(1)
  })

  it('does not reach a request by frames of one that is over', async () => {
    await using _upstream = await saying((turn) =>
      Buffer.concat([
        answer(turn, 200, '', `answer ${turn}`),
        answer(turn, 200, '', 'poison'),
        frame(Frame.DATA, turn, 'poison'),
        frame(Frame.END, turn),
        frame(Frame.RESET, turn),
      ]),
    )
    for (let turn = 1; turn <= 5; turn++) expect((await ask(gateway.port, APP)).body).toBe(`answer ${turn}`)
  })
})

it('outlives runtimes that frame anything, and leaves nothing in flight', async () => {
  await using own = await TestGateway.start({
    limits: { retryHoldMs: 50, upstreamSilenceMs: 100, slowReadMs: 500, idleMs: 500, lingerMs: 50 },
  })
  const stream = fc.integer({ min: 0, max: 6 })
  const piece = fc.oneof(
    fc
      .tuple(
        stream,
        fc.constantFrom(200, 204, 304, 404, 99),
        fc.constantFrom('', 'a: b\r\n', 'content-type: text/plain\r\n', 'broken'),
        fc.string(),
      )
      .map((given) => answer(...given)),
    fc
      .tuple(
        stream,
        fc.constantFrom(
          'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
          'HTTP/1.1 200 OK\r\n\r\n',
          'HTTP/1.1 100 Continue\r\n\r\n',
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel',
          'x',
          '',
        ),
      )
      .map(([id, text]) => frame(Frame.DATA, id, text)),
    fc.tuple(fc.constantFrom(Frame.END, Frame.RESET), stream).map(([type, id]) => frame(type, id)),
    fc.tuple(stream, fc.nat(300_000)).map(([id, value]) => frame(Frame.CREDIT, id, u32(value))),
    fc.nat(8).map((last) => frame(Frame.GOAWAY, 0, u32(last))),
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((noise) => Buffer.from(noise)) },
  )
  const turns = fc.sample(
    fc.array(piece, { maxLength: 6 }).map((pieces) => Buffer.concat(pieces)),
    { numRuns: 600, seed: 20_261_126 },
  )
  let next = 0
  const upstream = await saying(() => turns[next++ % turns.length]!, own)
  const workers = Array.from({ length: 30 }, async () => {
    for (let i = 0; i < 15; i++) {
      const body = i % 3 === 0 ? { method: 'POST', body: 'x'.repeat(i * 200) } : {}
      // Half an answer may never get its other half: visitors go away.
      await ask(own.port, APP, '/', { ...body, signal: AbortSignal.timeout(300) }).catch(() => {})
    }
  })
  await Promise.all(workers)
  await upstream[Symbol.asyncDispose]()

  expect(own.child.exitCode).toBeNull()
  await using app = await httpUpstream(own.socketPath('right'), (_, response) => response.end('still right'))
  await own.control.route(route('abcdef', app.path))
  expect((await ask(own.port, APP)).body).toBe('still right')
  const heard = own.control.received.length
  await until(() => own.control.received.slice(heard).some((m) => m.type === 'heartbeat' && m.inFlight === 0))
})
