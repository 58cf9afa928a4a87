import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rawAnswer, rawClient } from './support/client.ts'
import { route, TestGateway } from './support/gateway-process.ts'
import { until } from './support/until.ts'
import { httpUpstream, type TestUpstream } from './support/upstream.ts'

const HOST = 'Host: abcdef.localhost:8000'

let gateway: TestGateway
let app: TestUpstream

beforeAll(async () => {
  gateway = await TestGateway.start()
  app = await httpUpstream(gateway.socketPath('app'), (request, response) => {
    let size = 0
    request.on('data', (bytes: Buffer) => {
      size += bytes.length
    })
    request.on('end', () => response.end(`${request.method} ${request.url} ${size}`))
  })
  await gateway.control.route(route('abcdef', app.path))
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await app[Symbol.asyncDispose]()
})

/** After each of these an attacker would like `GET /smuggled` to be read as a request of its own. */
const TAIL = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n\r\n`
const chunked = `5\r\nhello\r\n0\r\n\r\n`
const post = (fields: string, body = '') => `POST /x HTTP/1.1\r\n${HOST}\r\n${fields}\r\n\r\n${body}`

const corpus: Record<string, string> = {
  'two equal Content-Lengths': post('Content-Length: 5\r\nContent-Length: 5', 'hello'),
  'two conflicting Content-Lengths': post('Content-Length: 5\r\nContent-Length: 6', 'hello'),
  'a list of Content-Lengths': post('Content-Length: 5, 5', 'hello'),
  'Content-Length with a sign': post('Content-Length: +5', 'hello'),
  'negative Content-Length': post('Content-Length: -5', 'hello'),
  'hexadecimal Content-Length': post('Content-Length: 0x5', 'hello'),
  'Content-Length with a blank inside': post('Content-Length: 1 5', 'hello'),
  'empty Content-Length': post('Content-Length:', 'hello'),
  'Content-Length beyond all numbers': post('Content-Length: 99999999999999999999', 'hello'),
  'Content-Length and Transfer-Encoding': post('Content-Length: 5\r\nTransfer-Encoding: chunked', chunked),
  'Transfer-Encoding and Content-Length': post('Transfer-Encoding: chunked\r\nContent-Length: 5', chunked),
  'two Transfer-Encodings': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', chunked),
  'chunked and identity': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', chunked),
  'Transfer-Encoding identity': post('Transfer-Encoding: identity', chunked),
  'Transfer-Encoding gzip, chunked': post('Transfer-Encoding: gzip, chunked', chunked),
  'Transfer-Encoding xchunked': post('Transfer-Encoding: xchunked', chunked),
  'Transfer-Encoding "chunked"': post('Transfer-Encoding: "chunked"', chunked),
  'Transfer-Encoding with a vertical tab': post('Transfer-Encoding: \x0bchunked', chunked),
  'Transfer-Encoding with a blank before the colon': post('Transfer-Encoding : chunked', chunked),
  'Transfer-Encoding in HTTP/1.0': `POST /x HTTP/1.0\r\n${HOST}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`,
  'obs-fold': post('X-A: 1\r\n Content-Length: 5', 'hello'),
  'obs-fold with a tab': post('Transfer-Encoding:\r\n\tchunked', chunked),
  'a first header line that is folded': `POST /x HTTP/1.1\r\n ${HOST}\r\n\r\n`,
  'bare LF after the request line': `GET /x HTTP/1.1\n${HOST}\r\n\r\n`,
  'bare LF between fields': post('X-A: 1\nContent-Length: 5', 'hello'),
  'bare LF everywhere': `GET /x HTTP/1.1\n${HOST}\n\n`,
  'bare CR in a field': post('X-A: 1\rContent-Length: 5', 'hello'),
  'NUL in a field': post('X-A: 1\0'),
  'a control character in a name': post('X\x01A: 1'),
  'a field without colon': post('nonsense'),
  'a field without name': post(': 1'),
  'a name with a blank': post('X A: 1'),
  'an invalid chunk size': post('Transfer-Encoding: chunked', `zz\r\nhello\r\n0\r\n\r\n`),
  'an empty chunk size': post('Transfer-Encoding: chunked', `\r\nhello\r\n0\r\n\r\n`),
  'a chunk size with 0x': post('Transfer-Encoding: chunked', `0x5\r\nhello\r\n0\r\n\r\n`),
  'a chunk size with a sign': post('Transfer-Encoding: chunked', `+5\r\nhello\r\n0\r\n\r\n`),
  'a chunk size with a blank': post('Transfer-Encoding: chunked', `5 \r\nhello\r\n0\r\n\r\n`),
  'a chunk size that overflows': post(
    'Transfer-Encoding: chunked',
    `fffffffffffffffff\r\nhello\r\n0\r\n\r\n`,
  ),
  'a chunk line that ends with LF': post('Transfer-Encoding: chunked', `5\nhello\r\n0\r\n\r\n`),
  'a chunk longer than its size': post('Transfer-Encoding: chunked', `5\r\nhello!!\r\n0\r\n\r\n`),
  'a chunk extension with a bare LF': post('Transfer-Encoding: chunked', `5;a\nb\r\nhello\r\n0\r\n\r\n`),
  'a chunk extension without end': post(
    'Transfer-Encoding: chunked',
    `5;${'a'.repeat(1000)}\r\nhello\r\n0\r\n\r\n`,
  ),
  'a trailer with a bare LF': post('Transfer-Encoding: chunked', `0\r\nX: 1\nY: 2\r\n\r\n`),
  'a trailer that is no field': post('Transfer-Encoding: chunked', `0\r\nGET / HTTP/1.1\r\n\r\n`),
  'absolute form': `GET http://abcdef.localhost:8000/x HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'absolute form to another host': `GET http://localhost:8000/api/x HTTP/1.1\r\n${HOST}\r\n\r\n`,
  CONNECT: `CONNECT abcdef.localhost:8000 HTTP/1.1\r\n${HOST}\r\n\r\n`,
  TRACE: `TRACE /x HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'asterisk form': `OPTIONS * HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'a target with a blank': `GET /a b HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'a target with a tab': `GET /a\tb HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'two blanks in the request line': `GET  /x HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'a lower-case method': `get /x HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'an unknown method': `SMUGGLE /x HTTP/1.1\r\n${HOST}\r\n\r\n`,
  'no version': `GET /x\r\n${HOST}\r\n\r\n`,
  'HTTP/0.9': `GET /x HTTP/0.9\r\n${HOST}\r\n\r\n`,
  'HTTP/2.0': `GET /x HTTP/2.0\r\n${HOST}\r\n\r\n`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a version with blanks': `GET /x HTTP/1.1 \r\n${HOST}\r\n\r\n`,
  'no Host': 'GET /x HTTP/1.1\r\n\r\n',
  'no Host in HTTP/1.0': 'GET /x HTTP/1.0\r\n\r\n',
  'two Hosts': `GET /x HTTP/1.1\r\n${HOST}\r\nHost: localhost:8000\r\n\r\n`,
  'an empty Host': 'GET /x HTTP/1.1\r\nHost:\r\n\r\n',
  'a Host with a path': 'GET /x HTTP/1.1\r\nHost: abcdef.localhost/x\r\n\r\n',
  'a Host with userinfo': 'GET /x HTTP/1.1\r\nHost: localhost@abcdef.localhost\r\n\r\n',
  'a Host with a list': 'GET /x HTTP/1.1\r\nHost: abcdef.localhost, localhost\r\n\r\n',
  'a Host with a bad port': 'GET /x HTTP/1.1\r\nHost: abcdef.localhost:80a\r\n\r\n',
  'a TLS handshake': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'binary noise': '\x00\x01\x02\x03\xff\xfe\r\n\r\n',
  'two empty lines first': `\r\n\r\nGET /x HTTP/1.1\r\n${HOST}\r\n\r\n`,
}

describe('refuses with 400 and closes', () => {
  it.each(Object.entries(corpus))('%s', async (_, bytes) => {
    const before = app.requests.length
    const text = await rawAnswer(gateway.port, Buffer.from(bytes + TAIL, 'latin1'))
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    expect(text).toMatch(/\r\nconnection: close\r\n/)
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1)
    expect(text).not.toContain('smuggled')
    expect(app.requests.slice(before).map((r) => r.url)).not.toContain('/smuggled')
  })
})

describe('accepts what is merely unusual', () => {
  const accepted: Record<string, [string, string]> = {
    'one empty line first': [`\r\nGET /x HTTP/1.1\r\n${HOST}\r\n\r\n`, 'GET /x 0'],
    'no blank after the colon': ['GET /x HTTP/1.1\r\nHost:abcdef.localhost\r\n\r\n', 'GET /x 0'],
    'blanks around a value': ['GET /x HTTP/1.1\r\nHost: \t abcdef.localhost \t \r\n\r\n', 'GET /x 0'],
    'chunk extensions and trailers': [
      post('Transfer-Encoding: chunked', `5;a=1;b="2"\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n`),
      'POST /x 5',
    ],
    'upper-case chunked': [post('TRANSFER-ENCODING: Chunked', chunked), 'POST /x 5'],
    'a chunk size in capitals': [
      post('Transfer-Encoding: chunked', `00A\r\nhellohello\r\n0\r\n\r\n`),
      'POST /x 10',
    ],
    'a body on GET': [`GET /x HTTP/1.1\r\n${HOST}\r\nContent-Length: 5\r\n\r\nhello`, 'GET /x 5'],
  }
  it.each(Object.entries(accepted))(
    '%s, then the next request on the same connection',
    async (_, [bytes, expected]) => {
      const client = rawClient(
        gateway.port,
        bytes,
        `GET /next HTTP/1.1\r\n${HOST}\r\nConnection: close\r\n\r\n`,
      )
      await client.closed
      expect(client.text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
      expect(client.text).toContain(expected)
      expect(client.text).toContain('GET /next 0')
    },
  )

  it('a request that comes byte by byte', async () => {
    const client = rawClient(gateway.port)
    const bytes = post('Transfer-Encoding: chunked\r\nConnection: close', `3;x\r\nabc\r\n0\r\nA: b\r\n\r\n`)
    for (const byte of bytes) await new Promise<void>((done) => client.socket.write(byte, () => done()))
    await client.closed
    expect(client.text).toContain('POST /x 3')
  })

  it('fifty pipelined requests, answered in order', async () => {
    const requests = Array.from({ length: 50 }, (_, i) => `GET /${i} HTTP/1.1\r\n${HOST}\r\n\r\n`).join('')
    const client = rawClient(gateway.port, requests)
    await until(() => (client.text.match(/HTTP\/1\.1 200/g) ?? []).length === 50)
    expect([...client.text.matchAll(/GET \/(\d+) 0/g)].map(([, n]) => Number(n))).toEqual([
      ...Array(50).keys(),
    ])
    client.socket.destroy()
  })
})
