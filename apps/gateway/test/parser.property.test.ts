import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BodyMeter } from '../src/http/body-meter.ts'
import { GatewayError } from '../src/http/errors.ts'
import { CHUNKED, parseRequestHead, type RequestHead } from '../src/http/request-head.ts'
import { parseResponseHead } from '../src/http/response-head.ts'
import { Hosts } from '../src/routes/hosts.ts'
import { requestText } from '../src/upstream/request-text.ts'

const REST = { forwarded: 'x-forwarded-for: 127.0.0.1\r\n', requestId: 'id', runToken: null }
const seen: { url: string; method: string; host: string | undefined; body: string }[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('latin1').on('data', (text) => {
    body += text
  })
  request.on('end', () => {
    seen.push({ url: request.url!, method: request.method!, host: request.headers.host, body })
    response.end()
  })
})

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** Requests made of plausible pieces with some of them spoiled: most are refused, some pass. */
const piece = fc.constantFrom(
  'GET',
  'POST',
  ' ',
  '  ',
  '/',
  '/a',
  '/%2e%2e',
  'http://x/',
  '*',
  'HTTP/1.1',
  'HTTP/1.0',
  '\r\n',
  '\n',
  '\r',
  '\t',
  ':',
  'Host: abcdef.localhost\r\n',
  'Host: x\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 0\r\n',
  'Content-Length : 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Transfer-Encoding: identity\r\n',
  ' folded\r\n',
  'Connection: keep-alive, content-length\r\n',
  'Connection: transfer-encoding\r\n',
  'Expect: 100-continue\r\n',
  'X-A: b\r\n',
  'X-A: \x80\xff\r\n',
  'X-A: \0\r\n',
  'Upgrade: h2c\r\n',
  'Upgrade: websocket\r\n',
  'TE: trailers\r\n',
  'Trailer: a\r\n',
)
const head = fc.oneof(
  fc.array(piece, { maxLength: 12 }).map((pieces) => `${pieces.join('')}\r\n`),
  fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS'),
      fc.constantFrom('/', '/a?b', '/\xfc', '/..//%2f'),
      fc.array(piece, { maxLength: 6 }),
    )
    .map(([method, target, pieces]) =>
      `${method} ${target} HTTP/1.1\r\nHost: abcdef.localhost\r\n${pieces.join('')}\r\n`.replace(
        /\r\n\r\n$/,
        '\r\n',
      ),
    ),
)

function tryParse(text: string): RequestHead | null {
  try {
    return parseRequestHead(text)
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError)
    return null
  }
}

describe('request heads', () => {
  it('never break the parser, whatever they hold', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b).toString('latin1'))
    fc.assert(
      fc.property(
        fc.oneof(bytes, head),
        (text) => void tryParse(text.includes('\r\n') ? text : `${text}\r\n`),
      ),
      {
        numRuns: 5_000,
      },
    )
  })

  it('that are accepted are exactly one request to node:http, with the target, host and body that we saw', async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(head, async (text) => {
        const parsed = tryParse(text)
        if (!parsed || parsed.upgrade || parsed.expectContinue) return
        accepted++
        seen.length = 0
        const body =
          parsed.bodyLength === CHUNKED ? '5\r\nhello\r\n0\r\n\r\n' : 'hello'.slice(0, parsed.bodyLength)
        const socket = connect((server.address() as { port: number }).port, '127.0.0.1')
        socket.write(requestText({ head: parsed, ...REST }) + body, 'latin1')
        socket.write('GET /sentinel HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n')
        let answer = ''
        socket.on('data', (bytes) => {
          answer += bytes
        })
        await once(socket, 'close')
        if (parsed.http10) return
        expect(answer).not.toContain('400 Bad Request')
        expect(seen).toEqual([
          {
            url: parsed.target,
            method: parsed.method,
            host: parsed.host,
            body: parsed.bodyLength === 0 ? '' : 'hello',
          },
          { url: '/sentinel', method: 'GET', host: 's', body: '' },
        ])
      }),
      { numRuns: 2_000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })
})

describe('response heads', () => {
  it('never break the parser', () => {
    const part = fc.constantFrom(
      'HTTP/1.1 200 OK',
      'HTTP/1.1 204',
      '\r\n',
      '\n',
      'A: b',
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
      ':',
      ' ',
      '\0',
    )
    const text = fc.oneof(
      fc.array(part).map((p) => p.join('')),
      fc.uint8Array().map((b) => Buffer.from(b).toString('latin1')),
    )
    fc.assert(
      fc.property(text, (t) => {
        const parsed = parseResponseHead(`${t}\r\n`, 'GET', false)
        if (parsed) expect(parsed.fields).toMatch(/^(?:[!-9;-~]+:[^\r\n\0]*\r\n)*$/)
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('body ends', () => {
  it('are found at the same byte however the bytes are cut', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 })
    fc.assert(
      fc.property(
        chunks,
        fc.nat(200),
        fc.uint8Array({ maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (parts, _, rest, cuts) => {
          const coded = Buffer.concat([
            ...parts.flatMap((p) => [
              Buffer.from(`${p.length.toString(16)}\r\n`),
              Buffer.from(p),
              Buffer.from('\r\n'),
            ]),
            Buffer.from('0\r\nX-T: 1\r\n\r\n'),
          ])
          const all = Buffer.concat([coded, rest])
          const meter = new BodyMeter(CHUNKED)
          let at = 0
          for (let i = 0; !meter.done; i++) {
            const slice = all.subarray(at, at + (cuts[i % Math.max(1, cuts.length)] ?? 7))
            at += meter.feed(slice, 0)
          }
          expect(at).toBe(coded.length)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('hosts', () => {
  const hosts = new Hosts('localhost:8000', 'localhost:8000')
  it('lead to an app only by the exact shape <appid>.<domain>[:port]', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom(
            'abcdef',
            'ABCDEF',
            '.',
            'localhost',
            ':8000',
            ':80',
            ':',
            '..',
            '\0',
            '@',
            '/',
            'xn--',
            '%2e',
            ' ',
          ),
          { maxLength: 7 },
        )
        .map((p) => p.join('')),
    )
    fc.assert(
      fc.property(text, (host) => {
        const place = hosts.find(host)
        const expected = /^([a-hj-km-np-z][2-9a-hj-km-np-z]{5})\.localhost(:8000)?$/i.exec(host)
        if (place.kind === 'app') expect(place.appid).toBe(expected?.[1]?.toLowerCase())
        else expect(expected).toBeNull()
        expect(place.kind === 'console').toBe(/^localhost(:8000)?$/i.test(host))
      }),
      { numRuns: 20_000 },
    )
  })
})
