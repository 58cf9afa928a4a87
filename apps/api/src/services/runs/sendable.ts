import { validateHeaderName, validateHeaderValue } from 'node:http'
import {
  RUN_TOKEN_HEADER,
  type RunRequest,
  runLimits,
  type runRequestSchema,
  substitute,
  substituteInJson,
} from '@lathe/shared'
import type { z } from 'zod'
import type { Context } from '../../context.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'
import { valuesOf, variableSetOf } from '../variable-sets/values.ts'
import type { Sendable } from './send-request.ts'
import { userToken } from './user-token.ts'

export type RunRequestInput = z.infer<typeof runRequestSchema>
type Values = ReadonlyMap<string, string>

/** Set by the connection itself, or not to be forged. */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  RUN_TOKEN_HEADER,
])

/**
 * The request as it goes out: variables have their values, a user his token, forms their bytes.
 * @throws Refusal NOT_FOUND for a set of variables that is gone; INVALID_INPUT for what cannot stand in a request;
 *   TOO_LARGE for a body that no function takes
 */
export async function sendableOf(context: Context, app: AppDoc, request: RunRequestInput): Promise<Sendable> {
  const { mongo, secrets } = context
  const { method, variableSet, user } = request
  const values: Values = variableSet
    ? valuesOf(secrets, await variableSetOf(mongo, app._id, variableSet))
    : new Map()
  const headers = checkedHeaders(request.headers, values)
  if (user !== undefined && headers.authorization === undefined) {
    headers.authorization = `Bearer ${await userToken(context, app, substituteInJson(user, values))}`
  }
  const { body, type } = await bodyOf(request, headers['content-type'], values)
  if (type !== undefined) headers['content-type'] = type
  if (body && body.length > runLimits.bodyBytes) throw tooLarge(body.length)
  return { method, target: targetOf(request, values), headers, body }
}

/** @throws Refusal INVALID_INPUT for what cannot stand in a request */
export function checkedHeaders(given: RunRequestInput['headers'], values: Values): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const [name, text] of Object.entries(given)) {
    const lower = name.toLowerCase()
    if (OWN_HEADERS.has(lower)) continue
    const value = substitute(text, values)
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      const message = `${JSON.stringify(name)} is not a valid header.`
      throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'request.headers', message }] })
    }
    checked[lower] = value
  }
  return checked
}

function targetOf({ path, query }: RunRequestInput, values: Values): string {
  const written = substitute(path, values, (value) => value.split('/').map(encodeURIComponent).join('/'))
  const rest = written === '' || written.startsWith('/') ? written : `/${written}`
  const text =
    typeof query === 'string'
      ? substitute(query.replace(/^\?/, ''), values, encodeURIComponent)
      : new URLSearchParams(
          Object.entries(query).map(([name, value]) => [substitute(name, values), substitute(value, values)]),
        ).toString()
  const raw = text === '' ? rest : `${rest}?${text}`
  // What a URL cannot hold is escaped, as a browser's address bar does it.
  return raw.replace(/[^\x21-\x7e]|["<>\\^`{|}#]/gu, (char) => encodeURIComponent(char.toWellFormed()))
}

/** @returns the bytes, and their type where it follows from the body */
async function bodyOf(
  { body, bodyEncoding, parts }: RunRequestInput,
  type: string | undefined,
  values: Values,
): Promise<{ body: Buffer | null; type: string | undefined }> {
  if (parts) return multipart(parts, values)
  if (body === null) return { body, type }
  if (bodyEncoding === 'base64')
    return { body: Buffer.from(body, 'base64'), type: type ?? 'application/json' }
  const media = type ?? 'application/json'
  const text = media.includes('json')
    ? substituteInJson(body, values)
    : media.includes('urlencoded')
      ? substitute(body, values, encodeURIComponent)
      : substitute(body, values)
  return { body: Buffer.from(text), type: media }
}

/** Node's own form data: its boundaries and escapes are those of browsers. A written content type has no boundary. */
async function multipart(parts: NonNullable<RunRequest['parts']>, values: Values) {
  const form = new FormData()
  for (const part of parts) {
    if ('value' in part) form.append(part.name, substitute(part.value, values))
    else {
      const type = part.type || 'application/octet-stream'
      form.append(part.name, new File([Buffer.from(part.data, 'base64')], part.fileName, { type }))
    }
  }
  const response = new Response(form)
  return {
    body: Buffer.from(await response.arrayBuffer()),
    type: response.headers.get('content-type') ?? undefined,
  }
}

function tooLarge(size: number): Refusal<'TOO_LARGE'> {
  const limit = runLimits.bodyBytes
  const mb = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
  const message = `The body has ${mb(size)} MiB; a function takes at most ${mb(limit)} MiB.`
  return new Refusal('TOO_LARGE', message, { limit, size })
}
