import { CHUNKED } from './request-head.ts'
import { all, contentLength, listMembers, span, TOKEN, VALUE, valueBetween, withoutFields } from './syntax.ts'

/** `bodyLength` of a response that ends with its connection. */
export const UNTIL_CLOSE = -2

export interface ResponseHead {
  status: number
  /** `200 OK`, as the upstream wrote it. */
  statusLine: string
  /** The end-to-end fields, serialised, each line ended by CRLF. Framing fields stand in it. */
  fields: string
  /** Bytes of body, CHUNKED or UNTIL_CLOSE. 0 where RFC 9112, 6.3 says that there is none. */
  bodyLength: number
  /** The upstream keeps the connection open for another request. */
  keepAlive: boolean
  /** Seconds after which the upstream closes an idle connection, where it says so. */
  idleSeconds: number | null
  /** An endless stream by its kind (server-sent events): not waited for when the gateway shuts down. */
  endless: boolean
  /** Text of some kind and size that is not compressed yet and may be. */
  compressible: boolean
  /** The app speaks for itself to other origins. */
  ownCors: boolean
}

const EVENT_STREAM = /^[ \t]*text\/event-stream/i
const TEXT = /^[ \t]*(?:text\/|application\/(?:json|javascript|xml|manifest)|image\/svg|[^;]*\+(?:json|xml))/i
/** Below, the fields that compression adds weigh more than it saves. */
export const WORTH_BYTES = 1024
const MAX_FIELDS = 200
const DROPPED = new Set(['keep-alive', 'proxy-authenticate', 'proxy-connection', 'te', 'x-request-id'])

/**
 * Parses a response head as if its sender were hostile, since an app's code may be.
 * @param head Latin-1 text up to and with the CRLF of the last header line; the blank line is not in it
 * @returns null when it is not proper HTTP/1.1: the connection cannot be trusted any more
 */
export function parseResponseHead(head: string, method: string, upgrade: boolean): ResponseHead | null {
  const lineEnd = head.indexOf('\r\n')
  const status = statusOf(head)
  if (status === 0 || !all(VALUE, head, 0, lineEnd)) return null
  if (status === 101 && !upgrade) return null

  let fields = ''
  let keptFrom = lineEnd + 2
  let pos = keptFrom
  let count = 0
  let length: number | null = null
  let chunked = false
  let connection = ''
  let idleSeconds: number | null = null
  let contentType = ''
  let fixed = false
  let ownCors = false
  while (pos < head.length) {
    if (++count > MAX_FIELDS) return null
    const end = head.indexOf('\r\n', pos)
    const colon = span(TOKEN, head, pos, end)
    if (colon === pos || head.charCodeAt(colon) !== 0x3a || !all(VALUE, head, colon + 1, end)) return null
    const name = head.slice(pos, colon).toLowerCase()
    let drop = false
    switch (name) {
      case 'content-length':
        if (length !== null) return null
        length = contentLength(valueBetween(head, colon + 1, end))
        if (Number.isNaN(length)) return null
        break
      case 'transfer-encoding':
        if (chunked || valueBetween(head, colon + 1, end).toLowerCase() !== 'chunked') return null
        chunked = true
        break
      case 'connection':
        connection += (connection && ',') + valueBetween(head, colon + 1, end)
        drop = true
        break
      case 'upgrade':
        drop = status !== 101
        break
      case 'keep-alive':
        idleSeconds = Number(/timeout=(\d{1,6})/.exec(head.slice(colon, end))?.[1] ?? Number.NaN)
        if (Number.isNaN(idleSeconds)) idleSeconds = null
        drop = true
        break
      case 'content-type':
        contentType = head.slice(colon + 1, end)
        break
      case 'content-encoding':
      case 'content-range':
        fixed = true
        break
      case 'cache-control':
        fixed ||= /no-transform/i.test(head.slice(colon + 1, end))
        break
      case 'access-control-allow-origin':
        ownCors = true
        break
      default:
        drop = DROPPED.has(name) || name.startsWith('x-lathe-')
    }
    if (drop) {
      fields += head.slice(keptFrom, pos)
      keptFrom = end + 2
    }
    pos = end + 2
  }
  fields += head.slice(keptFrom)
  if (chunked && (length !== null || head.startsWith('HTTP/1.0'))) return null

  const members = connection === '' ? [] : listMembers(connection)
  const nominated = members.filter(
    (m) => !['close', 'keep-alive', 'upgrade', 'content-length', 'transfer-encoding'].includes(m),
  )
  if (nominated.length > 0) fields = withoutFields(fields, nominated)
  const bodiless = method === 'HEAD' || status < 200 || status === 204 || status === 304
  if (status < 200 || status === 204) {
    // RFC 9110, 8.6 and RFC 9112, 6.1: no framing fields here, so that no client waits for a body.
    if (chunked || length !== null) fields = withoutFields(fields, ['content-length', 'transfer-encoding'])
  }
  const framed = chunked ? CHUNKED : (length ?? UNTIL_CLOSE)
  const endless = framed < 0 && EVENT_STREAM.test(contentType)
  return {
    status,
    statusLine: head.slice(9, lineEnd),
    fields,
    bodyLength: bodiless ? 0 : framed,
    keepAlive:
      head.startsWith('HTTP/1.1') && !members.includes('close') && (bodiless || framed !== UNTIL_CLOSE),
    idleSeconds,
    endless,
    compressible:
      !fixed && !bodiless && (framed < 0 || framed >= WORTH_BYTES) && TEXT.test(contentType) && !endless,
    ownCors,
  }
}

/** `HTTP/1.1 200` or `HTTP/1.0 200`, then a blank or the end of the line; 0 for anything else. */
function statusOf(head: string): number {
  if (!head.startsWith('HTTP/1.1 ') && !head.startsWith('HTTP/1.0 ')) return 0
  const hundreds = head.charCodeAt(9) - 0x30
  const tens = head.charCodeAt(10) - 0x30
  const ones = head.charCodeAt(11) - 0x30
  const after = head.charCodeAt(12)
  const digits = hundreds >= 1 && hundreds <= 5 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9
  return digits && (after === 0x20 || after === 0x0d) ? hundreds * 100 + tens * 10 + ones : 0
}
