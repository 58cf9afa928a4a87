import { METHODS } from 'node:http'
import { RUN_TOKEN_HEADER } from '@lathe/shared'
import { GatewayError } from './errors.ts'
import {
  all,
  contentLength,
  detached,
  listMembers,
  span,
  TARGET,
  TOKEN,
  VALUE,
  valueBetween,
  withoutFields,
} from './syntax.ts'

/** `bodyLength` of a message in chunked coding. */
export const CHUNKED = -1

export interface RequestHead {
  method: string
  /** The request target in origin form, byte for byte as it came: never decoded, never normalised. */
  target: string
  /** The client speaks HTTP/1.0: no chunked coding, one request per connection. */
  http10: boolean
  /** The Host field as it came. */
  host: string
  /** Bytes of body, or CHUNKED. */
  bodyLength: number
  /** The client wants to use the connection again. */
  keepAlive: boolean
  /** A WebSocket handshake. */
  upgrade: boolean
  expectContinue: boolean
  /** The end-to-end fields, serialised, each line ended by CRLF. Framing fields stand in it. */
  fields: string
  /** Fields that asked for a run; passed on only for connections of this machine. */
  runToken: string | null
  /** `x-forwarded-for` and `x-forwarded-proto` as they came; '' where there was none. Not in `fields`. */
  forwardedFor: string
  forwardedProto: string
}

const KNOWN_METHODS = new Set(METHODS.filter((method) => method !== 'CONNECT' && method !== 'TRACE'))
const MAX_FIELDS = 100
const MAX_TARGET = 8192
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i

/** Fields that end at this hop or that only the gateway may set. */
const DROPPED = new Set([
  'connection',
  'expect',
  'forwarded',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'upgrade',
  'x-real-ip',
  'x-request-id',
])

/** What a `Connection` field must not nominate away: it frames the message or names its receiver. */
const NEVER_NOMINATED = new Set([
  'close',
  'keep-alive',
  'upgrade',
  'host',
  'content-length',
  'transfer-encoding',
])

/**
 * Parses a request head as strictly as RFC 9112 allows a server to: what two parsers could read in two ways is
 * refused, so that the request which the next server sees is the request that was routed.
 * @param head Latin-1 text up to and with the CRLF of the last header line; the blank line is not in it
 * @throws GatewayError 400, 414, 417 or 431; the connection has to be closed
 */
export function parseRequestHead(head: string): RequestHead {
  const lineEnd = head.indexOf('\r\n')
  const methodEnd = span(TOKEN, head, 0, lineEnd)
  const method = head.slice(0, methodEnd)
  if (head.charCodeAt(methodEnd) !== 0x20 || !KNOWN_METHODS.has(method)) throw bad('unknown method')
  const targetEnd = head.indexOf(' ', methodEnd + 1)
  const target = head.slice(methodEnd + 1, targetEnd)
  if (targetEnd < 0 || targetEnd > lineEnd) throw bad('malformed request line')
  if (target.charCodeAt(0) !== 0x2f || !all(TARGET, target, 0, target.length))
    throw bad('malformed request target')
  if (target.length > MAX_TARGET) {
    throw new GatewayError(414, 'HEADERS_TOO_LARGE', `The address is longer than ${MAX_TARGET} bytes.`)
  }
  const version = head.slice(targetEnd + 1, lineEnd)
  if (version !== 'HTTP/1.1' && version !== 'HTTP/1.0') throw bad('unknown HTTP version')
  return parseFields(head, lineEnd + 2, method, target, version === 'HTTP/1.0')
}

function parseFields(
  head: string,
  from: number,
  method: string,
  target: string,
  http10: boolean,
): RequestHead {
  let fields = ''
  let keptFrom = from
  let pos = from
  let count = 0
  let host: string | null = null
  let length: number | null = null
  let chunked = false
  let connection = ''
  let upgrade = ''
  let expectContinue = false
  let runToken: string | null = null
  let forwardedFor = ''
  let forwardedProto = ''

  while (pos < head.length) {
    if (++count > MAX_FIELDS)
      throw new GatewayError(431, 'HEADERS_TOO_LARGE', `More than ${MAX_FIELDS} header fields.`)
    const end = head.indexOf('\r\n', pos)
    const colon = span(TOKEN, head, pos, end)
    if (colon === pos || head.charCodeAt(colon) !== 0x3a || !all(VALUE, head, colon + 1, end))
      throw bad('malformed header field')
    const name = head.slice(pos, colon).toLowerCase()
    let drop = false
    switch (name) {
      case 'host': {
        if (host !== null) throw bad('more than one Host')
        host = valueBetween(head, colon + 1, end)
        break
      }
      case 'content-length': {
        if (length !== null) throw bad('more than one Content-Length')
        length = contentLength(valueBetween(head, colon + 1, end))
        if (Number.isNaN(length)) throw bad('malformed Content-Length')
        break
      }
      case 'transfer-encoding': {
        if (chunked || http10 || valueBetween(head, colon + 1, end).toLowerCase() !== 'chunked') {
          throw bad('Transfer-Encoding other than chunked')
        }
        chunked = true
        break
      }
      case 'connection':
        connection += (connection && ',') + valueBetween(head, colon + 1, end)
        drop = true
        break
      case 'upgrade':
        upgrade = valueBetween(head, colon + 1, end).toLowerCase()
        drop = true
        break
      case 'expect':
        if (valueBetween(head, colon + 1, end).toLowerCase() !== '100-continue') {
          throw new GatewayError(417, 'BAD_REQUEST', 'The only expectation understood is 100-continue.')
        }
        expectContinue = !http10
        drop = true
        break
      case RUN_TOKEN_HEADER:
        runToken = valueBetween(head, colon + 1, end)
        drop = true
        break
      case 'x-forwarded-for':
        forwardedFor += (forwardedFor && ',') + valueBetween(head, colon + 1, end)
        drop = true
        break
      case 'x-forwarded-proto':
        forwardedProto = valueBetween(head, colon + 1, end).toLowerCase()
        drop = true
        break
      default:
        drop = DROPPED.has(name) || name.startsWith('x-forwarded-') || name.startsWith('x-lathe-')
    }
    if (drop) {
      fields += head.slice(keptFrom, pos)
      keptFrom = end + 2
    }
    pos = end + 2
  }
  fields += head.slice(keptFrom)

  if (host === null || !isHost(host)) throw bad('missing or malformed Host')
  if (chunked && length !== null) throw bad('both Content-Length and Transfer-Encoding')
  const members = connection === '' ? [] : listMembers(connection)
  const nominated = members.filter((member) => !NEVER_NOMINATED.has(member))
  if (nominated.length > 0) fields = withoutFields(fields, nominated)
  const bodyLength = chunked ? CHUNKED : (length ?? 0)
  const wantsWebSocket = upgrade === 'websocket' && members.includes('upgrade')
  return {
    method,
    target,
    http10,
    host,
    bodyLength,
    keepAlive: !http10 && !members.includes('close'),
    upgrade: wantsWebSocket && method === 'GET' && !http10 && bodyLength === 0,
    forwardedFor,
    forwardedProto,
    expectContinue,
    fields,
    runToken,
  }
}

function bad(what: string): GatewayError {
  return new GatewayError(400, 'BAD_REQUEST', `This is not a well-formed HTTP request: ${what}.`)
}

/** Hosts found to be well-formed: the same few come again and again. */
const wellFormed = new Set<string>()

function isHost(host: string): boolean {
  if (wellFormed.has(host)) return true
  if (!HOST.test(host)) return false
  if (wellFormed.size >= 1_000) wellFormed.clear()
  wellFormed.add(detached(host))
  return true
}
