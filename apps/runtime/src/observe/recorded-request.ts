import { isUtf8 } from 'node:buffer'
import type { RecordedRequest } from '@lathe/shared'
import { isSecretName, REDACTED, recordedLimits, redactJson, redactPairs } from '@lathe/shared/redact'
import type { LatheRequest } from '../http/messages.ts'

/** Of the connection, or added by the gateway: no part of what the visitor wanted to say. */
const LEFT_OUT =
  /^(?:host|connection|content-length|transfer-encoding|expect|x-request-id|x-forwarded-.*|x-lathe-.*)$/
const FORM = /^application\/x-www-form-urlencoded\b/i
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i

/** What a request carried, for its record. @param raw its body as far as it was read as a whole */
export function recordedRequest(req: LatheRequest, raw: Buffer | null): RecordedRequest {
  const url = req.originalUrl
  const query = url.indexOf('?')
  return {
    query: query < 0 ? '' : redactPairs(url.slice(query + 1)).slice(0, recordedLimits.queryChars),
    headers: headersOf(req),
    ...bodyOf(req, raw),
  }
}

function headersOf(req: LatheRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(req.headers)) {
    if (value === undefined || LEFT_OUT.test(name)) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    headers[name] = isSecretName(name) ? REDACTED : text.slice(0, recordedLimits.headerChars)
  }
  return headers
}

function bodyOf(req: LatheRequest, raw: Buffer | null): Omit<RecordedRequest, 'query' | 'headers'> {
  const nothing = { body: null, bodyEncoding: 'utf8' } as const
  if (!req.hasBody) return { ...nothing, bodyBytes: 0 }
  if (raw === null) return { ...nothing, bodyBytes: null }
  const bodyBytes = raw.length
  if (bodyBytes > recordedLimits.bodyBytes) return { ...nothing, bodyBytes }
  if (!isUtf8(raw)) return { body: raw.toString('base64'), bodyEncoding: 'base64', bodyBytes }
  const body = redacted(raw.toString('utf8'), req.headers['content-type'] ?? '')
  return { body, bodyEncoding: 'utf8', bodyBytes }
}

/** What is no JSON, though it says so, may hold a secret that nobody finds: it is left out. */
function redacted(text: string, contentType: string): string | null {
  if (FORM.test(contentType)) return redactPairs(text)
  if (!JSON_TYPE.test(contentType)) return text
  try {
    return redactJson(text)
  } catch {
    return null
  }
}
