import { STATUS_CODES } from 'node:http'
import { parseResponseHead, type ResponseHead, UNTIL_CLOSE, WORTH_BYTES } from './response-head.ts'

const REMEMBERED = 500
const REMEMBERED_LENGTH = 512

/** Heads without length and date, by status and fields: an app's answers have the same few again and again. */
const known = new Map<string, ResponseHead>()

/**
 * The head of an answer that came whole in a frame.
 * @param fields as the runtime sent them: checked here as if they were hostile
 * @param length of the body, in bytes
 * @returns null when the fields are not proper, or frame the body by themselves
 */
export function framedHead(
  status: number,
  fields: string,
  { method, length, now }: { method: string; length: number; now: number },
): ResponseHead | null {
  const base = baseOf(status, fields)
  if (base === null) return null
  if (base.bodyLength !== UNTIL_CLOSE) return { ...base, fields: `${base.fields}date: ${httpDate(now)}\r\n` }
  return {
    ...base,
    fields: `${base.fields}content-length: ${length}\r\ndate: ${httpDate(now)}\r\n`,
    bodyLength: method === 'HEAD' ? 0 : length,
    compressible: base.compressible && length >= WORTH_BYTES && method !== 'HEAD',
    endless: false,
    keepAlive: true,
  }
}

function baseOf(status: number, fields: string): ResponseHead | null {
  const key = `${status} ${fields}`
  const remembered = known.get(key)
  if (remembered) return remembered
  const base = parseResponseHead(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${fields}`,
    'GET',
    false,
  )
  if (base === null || base.status < 200) return null
  // No Content-Length and no Transfer-Encoding, of which nothing else would show in a status without body.
  if (
    base.bodyLength !== UNTIL_CLOSE &&
    (base.bodyLength !== 0 || /^(?:content-length|transfer-encoding):/im.test(fields))
  )
    return null
  if (key.length <= REMEMBERED_LENGTH) {
    if (known.size >= REMEMBERED) known.clear()
    known.set(key, base)
  }
  return base
}

let dateAt = 0
let date = ''

/** @param now on the coarse clock, in milliseconds since 1970 */
function httpDate(now: number): string {
  const second = Math.floor(now / 1000)
  if (second !== dateAt) {
    dateAt = second
    date = new Date(now).toUTCString()
  }
  return date
}
