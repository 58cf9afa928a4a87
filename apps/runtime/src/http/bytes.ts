import { hash } from 'node:crypto'
import type { LatheResponse } from './messages.ts'

const BYTES_TYPE = 'application/octet-stream'

/**
 * Sends bytes that are there as a whole: with an entity tag, answered by 304 when the visitor has them already, and in
 * part when a range is asked for (RFC 9110, sections 13 and 14). A list of ranges is answered with everything, as the
 * standard allows. What is not a plain 200 is left as the function made it.
 */
export function sendBytes(res: LatheResponse, body: Buffer): void {
  if (!res.hasHeader('content-type')) res.setHeader('content-type', BYTES_TYPE)
  const { method, headers } = res.req
  if (res.statusCode !== 200 || (method !== 'GET' && method !== 'HEAD')) {
    res.answer(body, BYTES_TYPE)
    return
  }
  if (!res.hasHeader('etag')) res.setHeader('etag', `"${hash('sha1', body, 'base64url')}"`)
  const etag = String(res.getHeader('etag'))
  res.setHeader('accept-ranges', 'bytes')
  if (headers['if-none-match'] !== undefined && matches(headers['if-none-match'], etag)) {
    res.statusCode = 304
    res.removeHeader('content-type')
    res.end()
    return
  }
  const range = headers.range === undefined ? null : rangeOf(headers.range, body.length)
  if (range === null || !rangeApplies(headers['if-range'], etag)) res.answer(body, BYTES_TYPE)
  else if (range === 'unsatisfiable') {
    res.statusCode = 416
    res.setHeader('content-range', `bytes */${body.length}`)
    res.setHeader('content-length', 0)
    res.end()
  } else {
    res.statusCode = 206
    res.setHeader('content-range', `bytes ${range.start}-${range.end}/${body.length}`)
    res.answer(body.subarray(range.start, range.end + 1), BYTES_TYPE)
  }
}

/** Weak comparison: `W/` in front makes no difference for GET. */
function matches(header: string, etag: string): boolean {
  const plain = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.trim() === '*' || header.split(',').some((tag) => plain(tag) === plain(etag))
}

/** Strong comparison, and no dates: bytes of a function have no time of their own. */
function rangeApplies(ifRange: unknown, etag: string): boolean {
  return ifRange === undefined || (ifRange === etag && !etag.startsWith('W/'))
}

/** The one range that is asked for; null when there is none, several, or one that is malformed. */
function rangeOf(header: string, size: number): { start: number; end: number } | 'unsatisfiable' | null {
  const found = /^bytes=(\d*)-(\d*)$/.exec(header.trim())
  if (!found || (found[1] === '' && found[2] === '')) return null
  if (found[1] === '') {
    const last = Math.min(Number(found[2]), size)
    return last === 0 ? 'unsatisfiable' : { start: size - last, end: size - 1 }
  }
  const start = Number(found[1])
  const end = found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1)
  if (found[2] !== '' && Number(found[2]) < start) return null
  return start >= size ? 'unsatisfiable' : { start, end }
}
