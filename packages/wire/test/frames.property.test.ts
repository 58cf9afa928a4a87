import type { Socket } from 'node:net'
import { type Duplex, PassThrough } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeAnswer,
  decodeRequest,
  encodeRequest,
  Frame,
  FrameReader,
  FrameWriter,
  MAX_PAYLOAD,
} from '../src/index.ts'

const ALL = Object.values(Frame)

/** What a writer sends, as bytes. */
async function written(write: (writer: FrameWriter) => void): Promise<Buffer> {
  const wire = new PassThrough({ highWaterMark: 1 << 26 })
  const writer = new FrameWriter(wire as Duplex as Socket)
  write(writer)
  writer.flush()
  wire.end()
  const chunks: Buffer[] = []
  for await (const chunk of wire) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

interface Seen {
  type: number
  stream: number
  payload: string
}

/** What a reader makes of bytes that arrive in pieces; pieces of DATA of one stream put together. */
function read(pieces: Buffer[], options: { copies?: boolean } = {}): { frames: Seen[]; broken: boolean } {
  const reader = new FrameReader(ALL, options)
  const frames: Seen[] = []
  for (const piece of pieces) {
    const shared = Buffer.from(piece)
    reader.push(shared)
    while (reader.next()) {
      const { type, stream, bytes, start, end } = reader
      const payload = bytes.toString('latin1', start, end)
      const last = frames.at(-1)
      if (type === Frame.DATA && last?.type === type && last.stream === stream) last.payload += payload
      else frames.push({ type, stream, payload })
    }
    if (options.copies) shared.fill(0x2a)
  }
  return { frames, broken: reader.broken }
}

function cut(bytes: Buffer, at: number[]): Buffer[] {
  const places = [...new Set(at.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b)
  return [...places, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : places[i - 1], end))
}

const stream = fc.integer({ min: 1, max: 2 ** 31 - 1 })
const latin1 = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((c) => String.fromCharCode(c)) })
const word = latin1.filter((text) => text.length > 0)
const frame = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), stream, text: latin1 }),
  fc.record({ kind: fc.constant('signal' as const), stream, type: fc.constantFrom(Frame.END, Frame.RESET) }),
  fc.record({
    kind: fc.constant('credit' as const),
    stream,
    value: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  }),
  fc.record({ kind: fc.constant('data' as const), stream, size: fc.integer({ min: 0, max: 200_000 }) }),
  fc.record({
    kind: fc.constant('answer' as const),
    stream,
    status: fc.integer({ min: 200, max: 599 }),
    fields: latin1,
    body: fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: 0, max: 60_000 }).map((n) => 'ü'.repeat(n / 2)),
    ),
  }),
)

describe('frames', () => {
  it('arrive as they were sent, wherever the bytes are cut, also when the reader’s buffer is used again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat()), async (frames, cuts) => {
        const expected: Seen[] = []
        const bytes = await written((writer) => {
          for (const one of frames) {
            const { stream } = one
            if (one.kind === 'text') {
              writer.text(Frame.REQUEST, stream, one.text)
              expected.push({ type: Frame.REQUEST, stream, payload: one.text })
            } else if (one.kind === 'signal') {
              writer.signal(one.type, stream)
              expected.push({ type: one.type, stream, payload: '' })
            } else if (one.kind === 'credit') {
              writer.number(Frame.CREDIT, stream, one.value)
              const payload = Buffer.alloc(4)
              payload.writeUInt32LE(one.value)
              expected.push({ type: Frame.CREDIT, stream, payload: payload.toString('latin1') })
            } else if (one.kind === 'data') {
              const payload = Buffer.alloc(one.size, 'payload')
              writer.data(stream, payload)
              const last = expected.at(-1)
              if (last?.type === Frame.DATA && last.stream === stream)
                last.payload += payload.toString('latin1')
              else expected.push({ type: Frame.DATA, stream, payload: payload.toString('latin1') })
            } else {
              expect(writer.answer(stream, one.status, one.fields, one.body)).toBe(true)
              const head = Buffer.from([
                one.status & 255,
                one.status >> 8,
                one.fields.length & 255,
                one.fields.length >> 8,
              ])
              const payload = Buffer.concat([head, Buffer.from(one.fields, 'latin1'), Buffer.from(one.body)])
              expected.push({ type: Frame.ANSWER, stream, payload: payload.toString('latin1') })
            }
          }
        })
        expect(read(cut(bytes, cuts))).toEqual({ frames: expected, broken: false })
        expect(read(cut(bytes, cuts), { copies: true })).toEqual({ frames: expected, broken: false })
      }),
      { numRuns: 150 },
    )
  })

  it('that are no frames are noticed or make frames within the limits, and never throw', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (pieces) => {
        const { frames } = read(pieces.map((piece) => Buffer.from(piece)))
        for (const { type, stream, payload } of frames) {
          expect(ALL).toContain(type)
          expect(stream === 0).toBe(type === Frame.GOAWAY)
          if (type !== Frame.DATA) expect(payload.length).toBeLessThanOrEqual(MAX_PAYLOAD)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['an unknown type', [0, 0, 0, 99, 1, 0, 0, 0]],
    ['a type beyond a bit mask', [0, 0, 0, 33, 1, 0, 0, 0]],
    ['too large a payload', [0xf9, 0xff, 0, Frame.DATA, 1, 0, 0, 0]],
    ['END with a payload', [1, 0, 0, Frame.END, 1, 0, 0, 0, 0]],
    ['CREDIT of three bytes', [3, 0, 0, Frame.CREDIT, 1, 0, 0, 0, 0, 0, 0]],
    ['stream 0', [0, 0, 0, Frame.END, 0, 0, 0, 0]],
    ['GOAWAY in a stream', [4, 0, 0, Frame.GOAWAY, 1, 0, 0, 0, 0, 0, 0, 0]],
  ])('with %s break the connection', (_, bytes) => {
    expect(read([Buffer.from(bytes)])).toEqual({ frames: [], broken: true })
  })

  it('go on after a reader that was left in the middle', async () => {
    const bytes = await written((writer) => {
      for (let id = 1; id <= 3; id++) writer.signal(Frame.END, id)
    })
    const reader = new FrameReader(ALL)
    reader.push(bytes.subarray(0, 20))
    expect(reader.next()).toBe(true)
    reader.push(bytes.subarray(20))
    const streams = []
    while (reader.next()) streams.push(reader.stream)
    expect(streams).toEqual([2, 3])
  })
})

describe('messages', () => {
  it('are decoded as they were encoded', () => {
    const line = word.filter((text) => !text.includes('\n'))
    const request = fc.record({
      method: line,
      target: line,
      requestId: line,
      runToken: fc.oneof(line, fc.constant('')),
      fields: latin1,
      hasBody: fc.boolean(),
      expectsContinue: fc.boolean(),
    })
    fc.assert(
      fc.property(request, (given) => {
        const bytes = Buffer.from(`before${encodeRequest(given)}after`, 'latin1')
        const expectsContinue = given.hasBody && given.expectsContinue
        expect(decodeRequest(bytes, 6, bytes.length - 5)).toEqual({ ...given, expectsContinue })
      }),
    )
  })

  it('that are none decode to nothing or to what stands in them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        const bytes = Buffer.from(noise)
        const answer = decodeAnswer(bytes, 0, bytes.length)
        if (answer) expect(answer.bodyStart).toBeLessThanOrEqual(bytes.length)
        const request = decodeRequest(bytes, 0, bytes.length)
        if (request) expect(`${request.method}${request.target}`).not.toContain('\n')
      }),
    )
  })

  it('too large for a frame are refused before anything is written', async () => {
    const bytes = await written((writer) => {
      expect(writer.answer(1, 200, '', 'x'.repeat(MAX_PAYLOAD))).toBe(false)
      expect(writer.answer(1, 200, '', Buffer.alloc(MAX_PAYLOAD))).toBe(false)
      expect(writer.answer(1, 200, '', 'x'.repeat(MAX_PAYLOAD - 4))).toBe(true)
    })
    expect(bytes.length).toBe(8 + MAX_PAYLOAD)
  })
})
