import type { UploadedFile } from '@lathe/cloud'
import { HttpError } from './error-body.ts'
import type { LatheRequest } from './messages.ts'
import { parseQuery } from './query.ts'

/** A body as the function gets it, and the bytes it was made of. */
export interface ParsedBody {
  raw: Buffer | null
  body: unknown
  files: UploadedFile[]
}

const parseJson = JSON.parse
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i

export const noBody: ParsedBody = { raw: null, body: undefined, files: [] }

export function tooLarge(limit: number): HttpError {
  return new HttpError(
    413,
    'PAYLOAD_TOO_LARGE',
    `The body is larger than this function takes (${limit} bytes)`,
  )
}

/** @throws HttpError 413 when the declared length is over the limit, before anything is read */
export function checkDeclaredLength(req: LatheRequest, limit: number): void {
  if (Number(req.field('content-length') ?? 0) > limit) throw tooLarge(limit)
}

/**
 * Reads the whole body.
 * @param limit bytes
 * @throws HttpError 413 when it turns out to be longer; 400 when the visitor goes away in the middle of it
 */
export function readBody(req: LatheRequest, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        req.removeAllListeners('data')
        // What still comes is read and thrown away, so that the visitor gets to see the answer.
        req.resume()
        chunks.length = 0
        reject(tooLarge(limit))
        return
      }
      chunks.push(chunk)
    })
    req.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
    req.on('error', () => reject(new HttpError(400, 'BAD_REQUEST', 'The body was cut off')))
  })
}

/**
 * Makes of the bytes what their content type says: JSON, a form, text. What is none of these, or is compressed, stays a
 * Buffer: a function may well know what to do with it, so an unknown type is no error.
 * @throws HttpError 400 for malformed JSON, 415 for a charset that nobody knows
 */
export function parseBody(raw: Buffer, contentType: string, contentEncoding: string | undefined): unknown {
  if (raw.length === 0) return undefined
  if (contentEncoding !== undefined && contentEncoding !== 'identity') return raw
  const isJson = JSON_TYPE.test(contentType)
  if (isJson) {
    try {
      return parseJson(decode(raw, contentType))
    } catch (error) {
      if (error instanceof HttpError) throw error
      throw new HttpError(
        400,
        'BAD_REQUEST',
        `The body is not valid JSON: ${error instanceof Error ? error.message : error}`,
      )
    }
  }
  if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(contentType)) {
    return parseQuery(decode(raw, contentType))
  }
  if (/^text\//i.test(contentType)) return decode(raw, contentType)
  return raw
}

function decode(raw: Buffer, contentType: string): string {
  const charset = CHARSET.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8'
  if (charset === 'utf-8' || charset === 'utf8') {
    return raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf
      ? raw.toString('utf8', 3)
      : raw.toString('utf8')
  }
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(charset)
  } catch {
    throw new HttpError(415, 'UNSUPPORTED_MEDIA_TYPE', `The charset ${charset.slice(0, 40)} is not known`)
  }
  return decoder.decode(raw)
}
