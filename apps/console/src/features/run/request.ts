import { type Method, methodSchema, type RunRequest } from '@lathe/shared'
import { z } from 'zod'

/** What the panel keeps of a function's request. */
export const pairSchema = z.object({ name: z.string(), value: z.string(), on: z.boolean() })
export type Pair = z.infer<typeof pairSchema>

export const requestSchema = z.object({
  method: methodSchema,
  path: z.string(),
  query: z.string(),
  headers: z.array(pairSchema),
  bodyKind: z.enum(['json', 'text', 'form']),
  body: z.string(),
  bearer: z.string(),
})
export type PanelRequest = z.infer<typeof requestSchema>

export const emptyRequest: PanelRequest = {
  method: 'GET',
  path: '',
  query: '',
  headers: [],
  bodyKind: 'json',
  body: '',
  bearer: '',
}

const contentTypes = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  form: 'application/x-www-form-urlencoded',
} as const

export function takesBody(method: Method): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** The headers that are sent: the table's, and those that the body and the Auth tab imply unless the table has them. */
export function headersOf(request: PanelRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  const add = (name: string, value: string) => {
    const known = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase())
    if (!known) headers[name] = value
  }
  for (const { name, value, on } of request.headers) if (on && name.trim()) add(name.trim(), value)
  if (request.bearer.trim()) add('authorization', `Bearer ${request.bearer.trim()}`)
  if (takesBody(request.method) && request.body) add('content-type', contentTypes[request.bodyKind])
  return headers
}

/** The request as `runs.execute` takes it. */
export function toRunRequest(request: PanelRequest): RunRequest {
  const path = request.path.trim()
  return {
    method: request.method,
    path: path === '' || path.startsWith('/') ? path : `/${path}`,
    query: request.query.trim().replace(/^\?/, ''),
    headers: headersOf(request),
    body: takesBody(request.method) && request.body ? request.body : null,
  }
}

/** `a=1&b` as rows; what cannot be decoded stays as it is. */
export function parseQuery(query: string): Pair[] {
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text.replace(/\+/g, ' '))
    } catch {
      return text
    }
  }
  return query
    .replace(/^\?/, '')
    .split('&')
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf('=')
      return at < 0
        ? { name: decode(part), value: '', on: true }
        : { name: decode(part.slice(0, at)), value: decode(part.slice(at + 1)), on: true }
    })
}

export function formatQuery(pairs: Pair[]): string {
  return pairs
    .filter(({ name, value }) => name || value)
    .map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&')
}

/** What is wrong with a JSON body, for its line under the editor; null when nothing is. */
export function jsonProblem(text: string): string | null {
  if (!text.trim()) return null
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The request as a curl command, quoted for a POSIX shell. */
export function toCurl(url: string, request: PanelRequest): string {
  const run = toRunRequest(request)
  const quote = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`
  const target = `${url}${run.path}${run.query ? `?${String(run.query)}` : ''}`
  const parts = ['curl', ...(request.method === 'GET' ? [] : [`-X ${request.method}`]), quote(target)]
  for (const [name, value] of Object.entries(headersOf(request)))
    parts.push(`-H ${quote(`${name}: ${value}`)}`)
  if (run.body) parts.push(`--data-raw ${quote(run.body)}`)
  return parts.join(' ')
}

/** The request as a call of `fetch`. */
export function toFetch(url: string, request: PanelRequest): string {
  const { path, query, body } = toRunRequest(request)
  const target = `${url}${path}${query ? `?${String(query)}` : ''}`
  const init = {
    ...(request.method === 'GET' ? {} : { method: request.method }),
    ...(Object.keys(headersOf(request)).length > 0 ? { headers: headersOf(request) } : {}),
    ...(body === null ? {} : { body }),
  }
  const options = Object.keys(init).length > 0 ? `, ${JSON.stringify(init, null, 2)}` : ''
  return `await fetch(${JSON.stringify(target)}${options})`
}

/** A request as it was sent, back in the panel's parts. */
export function fromRunRequest(request: RunRequest): PanelRequest {
  const { method = 'GET', path = '', query = '', headers = {}, body = null } = request
  const rows = Object.entries(headers)
  const type = rows.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const kind = type.includes('json') || type === '' ? 'json' : type.includes('urlencoded') ? 'form' : 'text'
  return {
    method,
    path,
    query: typeof query === 'string' ? query : new URLSearchParams(query).toString(),
    headers: rows
      .filter(([name, value]) => name.toLowerCase() !== 'content-type' || value !== contentTypes[kind])
      .map(([name, value]) => ({ name, value, on: true })),
    bodyKind: kind,
    body: body ?? '',
    bearer: '',
  }
}
