import { GatewayError, problems } from '../http/errors.ts'
import { TOKEN } from '../http/syntax.ts'

const CR = 0x0d
const LF = 0x0a

/**
 * Finds the blank line that ends a request head.
 * @param start where the head begins in `bytes`
 * @param scanned bytes known from earlier calls to hold no end
 * @returns the index of the CRLF CRLF, or -1 while more bytes are needed
 * @throws GatewayError as soon as it can never become a well-formed head within the limit
 */
export function findHeadEnd(bytes: Buffer, start: number, scanned: number, limit: number): number {
  const end = bytes.indexOf('\r\n\r\n', Math.max(start, scanned - 3), 'latin1')
  if (end >= 0) {
    if (end + 4 - start > limit) throw problems.headersTooLarge(limit)
    return end
  }
  if (bytes.length > start && !TOKEN[bytes[start]!]) throw malformed()
  // A bare LF would make us wait for an end that a laxer parser has already seen.
  for (let at = bytes.indexOf(LF, Math.max(start, scanned)); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (at === start || bytes[at - 1] !== CR) throw malformed()
  }
  if (bytes.length - start > limit) throw problems.headersTooLarge(limit)
  return -1
}

function malformed(): GatewayError {
  return new GatewayError(400, 'BAD_REQUEST', 'This is not a well-formed HTTP request.')
}
