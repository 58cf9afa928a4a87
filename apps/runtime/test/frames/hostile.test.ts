import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { encodeRequest, FRAMES_PATH, FRAMES_PROTOCOL, Frame } from '@lathe/wire'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unit } from '../support/compile.ts'
import { carryByFrames, RuntimeProcess } from '../support/runtime-process.ts'

carryByFrames()
let runtime: RuntimeProcess

beforeAll(async () => {
  runtime = await RuntimeProcess.start({
    functions: [
      unit('hello', 'export default () => "hi"'),
      unit('echo', 'export default (ctx: any) => ctx.body ?? ctx.query'),
      unit(
        'stream',
        'export default async function* () { for (let i = 0; i < 9; i++) yield "x".repeat(50_000) }',
      ),
    ],
  })
})
afterAll(() => runtime.stop())

function frame(type: number, stream: number, payload: Uint8Array | string = ''): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : Buffer.from(payload)
  const head = Buffer.alloc(8)
  head.writeUIntLE(bytes.length, 0, 3)
  head[3] = type
  head.writeUInt32LE(stream, 4)
  return Buffer.concat([head, bytes])
}

function open(): Socket {
  const socket = connect(runtime.socketPath).on('error', () => {})
  socket.write(
    `GET ${FRAMES_PATH} HTTP/1.1\r\nHost: r\r\nConnection: Upgrade\r\nUpgrade: ${FRAMES_PROTOCOL}\r\n\r\n`,
  )
  return socket.resume()
}

const closed = (socket: Socket) =>
  new Promise<void>((resolve) => (socket.closed ? resolve() : socket.once('close', () => resolve())))

const requestText = (target: string, hasBody = false) =>
  encodeRequest({
    method: 'GET',
    target,
    requestId: 'hostile-request',
    runToken: '',
    fields: 'content-type: text/plain\r\n',
    hasBody,
    expectsContinue: hasBody,
  })

test.each([
  ['an answer', frame(Frame.ANSWER, 1, 'xxxxxx')],
  ['a body of a request that never began', frame(Frame.DATA, 3, 'x')],
  [
    'a request twice',
    Buffer.concat([
      frame(Frame.REQUEST, 1, requestText('/echo', true)),
      frame(Frame.REQUEST, 1, requestText('/hello')),
    ]),
  ],
  ['a request that is none', frame(Frame.REQUEST, 1, 'nonsense')],
  [
    'a body of a request that has none',
    Buffer.concat([frame(Frame.REQUEST, 1, requestText('/stream')), frame(Frame.DATA, 1, 'x')]),
  ],
  [
    'more of a body than there is credit for',
    Buffer.concat([
      frame(Frame.REQUEST, 1, requestText('/nowhere', true)),
      ...Array.from({ length: 20 }, () => frame(Frame.DATA, 1, 'x'.repeat(60_000))),
    ]),
  ],
])('a connection that brings %s is closed, and the others go on', async (_, bytes) => {
  const socket = open()
  socket.write(bytes)
  await closed(socket)
  expect((await runtime.ask('/hello')).text).toBe('hi')
})

test('any frames in any order leave the runtime at work, with nothing in flight', async () => {
  const id = fc.integer({ min: 0, max: 8 })
  const piece = fc.oneof(
    fc
      .tuple(id, fc.constantFrom('/hello', '/echo?a=1', '/stream', '/nowhere'), fc.boolean())
      .map(([stream, target, hasBody]) => frame(Frame.REQUEST, stream, requestText(target, hasBody))),
    fc.tuple(id, fc.string({ maxLength: 200 })).map(([stream, text]) => frame(Frame.DATA, stream, text)),
    fc.tuple(fc.constantFrom(Frame.END, Frame.RESET), id).map(([type, stream]) => frame(type, stream)),
    fc
      .tuple(id, fc.uint8Array({ minLength: 4, maxLength: 4 }))
      .map(([stream, n]) => frame(Frame.CREDIT, stream, n)),
    fc.uint8Array({ maxLength: 12 }).map((noise) => Buffer.from(noise)),
  )
  const connections = fc.sample(
    fc.record({ pieces: fc.array(piece, { maxLength: 12 }), leave: fc.constantFrom('end', 'destroy') }),
    { numRuns: 200, seed: 20_261_126 },
  )
  for (const { pieces, leave } of connections) {
    const socket = open()
    await once(socket, 'data')
    for (const bytes of pieces) if (socket.writable) socket.write(bytes)
    socket[leave as 'end' | 'destroy']()
    await closed(socket)
  }
  expect((await runtime.ask('/hello')).text).toBe('hi')
  const heard = runtime.api.received.length
  await runtime.api.until(() =>
    runtime.api.received
      .slice(heard)
      .some((message) => message.type === 'heartbeat' && message.inFlight === 0),
  )
})
