import {
  type Method,
  methodSchema,
  type RunPart,
  type RunRequest,
  runLimits,
  storedRefSchema,
} from '@lathe/shared'
import { z } from 'zod'

/** What the panel keeps of a function's request. */
export const pairSchema = z.object({ name: z.string(), value: z.string(), on: z.boolean() })
export type Pair = z.infer<typeof pairSchema>

/** A file that was chosen; `data` is base64, null where it has to be chosen again. */
const chosenFileSchema = z.object({
  fileName: z.string(),
  type: z.string(),
  data: z.string().nullable(),
})
export type ChosenFile = z.infer<typeof chosenFileSchema>

/** A row of a multipart form: a text, or a file. */
const fieldSchema = pairSchema.extend({ file: chosenFileSchema.nullable() })
export type Field = z.infer<typeof fieldSchema>

export const requestSchema = z.object({
  method: methodSchema,
  path: z.string(),
  query: z.string(),
  headers: z.array(pairSchema),
  bodyKind: z.enum(['json', 'form', 'multipart', 'text', 'binary']),
  /** Of the kinds that are texts. */
  body: z.string(),
  fields: z.array(fieldSchema),
  file: chosenFileSchema.nullable(),
  auth: z.enum(['none', 'bearer', 'user']),
  bearer: z.string(),
  /** Claims of a user of the app, JSON. */
  user: z.string(),
  /** Id of the variable set; '' = none. */
  variableSet: z.string(),
  /** Where headers that are withheld have their values. */
  stored: storedRefSchema.nullable(),
})
export type PanelRequest = z.infer<typeof requestSchema>

export const emptyRequest: PanelRequest = {
  method: 'GET',
  path: '',
  query: '',
  headers: [],
  bodyKind: 'json',
  body: '',
  fields: [],
  file: null,
  auth: 'none',
  bearer: '',
  user: '{ "uid": "1" }',
  variableSet: '',
  stored: null,
}

const contentTypes = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  form: 'application/x-www-form-urlencoded',
} as const
const BYTES = 'application/octet-stream'

export function takesBody(method: Method): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

/** Whether there is something to be sent as a body. */
export function hasBody({ method, bodyKind, body, fields, file }: PanelRequest): boolean {
  if (!takesBody(method)) return false
  if (bodyKind === 'binary') return file !== null
  return bodyKind === 'multipart' ? fields.some(isSent) : body !== ''
}

const isSent = ({ on, name }: Pair) => on && name !== ''

/** The headers that are sent: the table's, and those that the body and the Auth tab imply unless the table has them. */
export function headersOf(request: PanelRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  const add = (name: string, value: string) => {
    const known = Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase())
    if (!known) headers[name] = value
  }
  for (const { name, value, on } of request.headers) if (on && name.trim()) add(name.trim(), value)
  const bearer = request.auth === 'bearer' ? request.bearer.trim() : ''
  if (bearer) add('authorization', `Bearer ${bearer}`)
  const type = typeOf(request)
  if (type) add('content-type', type)
  return headers
}

/** Forms with files have a boundary, which whoever writes their bytes chooses. */
function typeOf(request: PanelRequest): string | null {
  const { bodyKind, file } = request
  if (!hasBody(request) || bodyKind === 'multipart') return null
  return bodyKind === 'binary' ? file?.type || BYTES : contentTypes[bodyKind]
}

/** The request as `runs.execute` takes it. */
export function toRunRequest(request: PanelRequest): RunRequest {
  const path = request.path.trim()
  return {
    method: request.method,
    path: path === '' || path.startsWith('/') ? path : `/${path}`,
    query: request.query.trim().replace(/^\?/, ''),
    headers: headersOf(request),
    ...bodyOf(request),
    ...(request.auth === 'user' ? { user: request.user } : {}),
    ...(request.variableSet ? { variableSet: request.variableSet } : {}),
    ...(request.stored ? { stored: request.stored } : {}),
  }
}

function bodyOf(request: PanelRequest): Pick<RunRequest, 'body' | 'bodyEncoding' | 'parts'> {
  if (!hasBody(request)) return { body: null }
  switch (request.bodyKind) {
    case 'multipart':
      return { body: null, parts: request.fields.filter(isSent).map(partOf) }
    case 'binary':
      return { body: request.file?.data ?? '', bodyEncoding: 'base64' }
    default:
      return { body: request.body }
  }
}

function partOf({ name, value, file }: Field): RunPart {
  return file ? { name, fileName: file.fileName, type: file.type, data: file.data ?? '' } : { name, value }
}

/** Files that a request names and that nobody has chosen: those of a past run, of a pasted curl, of a page reloaded. */
export function missingFiles(request: PanelRequest): string[] {
  if (!takesBody(request.method)) return []
  const { bodyKind, fields, file } = request
  const files =
    bodyKind === 'multipart'
      ? fields.filter(isSent).map((field) => field.file)
      : [bodyKind === 'binary' ? file : null]
  return files.flatMap((one) => (one?.data === null ? [one.fileName || BYTES] : []))
}

/** Bytes of the body, without the boundaries of a form; too many are refused before they travel. */
export function bodySize(request: PanelRequest): number {
  const { body, bodyEncoding, parts } = bodyOf(request)
  const bytes = (base64: string) => Math.floor((base64.length * 3) / 4)
  if (parts)
    return parts.reduce((sum, part) => sum + ('value' in part ? part.value.length : bytes(part.data)), 0)
  return bodyEncoding === 'base64' ? bytes(body ?? '') : new Blob([body ?? '']).size
}

export function isTooLarge(request: PanelRequest): boolean {
  return bodySize(request) > runLimits.bodyBytes
}

/** A variable where a value may stand is a value. */
const BARE_VARIABLE = /("(?:[^"\\]|\\[\s\S])*")|\{\{\s*[A-Za-z_][\w.-]{0,63}\s*\}\}/g

/** What is wrong with a JSON body, for its line under the editor; null when nothing is. */
export function jsonProblem(text: string): string | null {
  if (!text.trim()) return null
  try {
    JSON.parse(text.replace(BARE_VARIABLE, (_, string: string | undefined) => string ?? '0'))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** A request as it was sent, back in the panel's parts. */
export function fromRunRequest(request: RunRequest): PanelRequest {
  const { method = 'GET', path = '', query = '', headers = {}, body = null, parts, user } = request
  const rows = Object.entries(headers)
  const type = rows.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const kind = kindOf(request, type)
  const implied = kind === 'multipart' ? null : kind === 'binary' ? type || BYTES : contentTypes[kind]
  const isBinary = kind === 'binary'
  return {
    ...emptyRequest,
    method,
    path,
    query: typeof query === 'string' ? query : new URLSearchParams(query).toString(),
    headers: rows
      .filter(([name, value]) => name.toLowerCase() !== 'content-type' || value !== implied)
      .map(([name, value]) => ({ name, value, on: true })),
    bodyKind: kind,
    body: isBinary ? '' : (body ?? ''),
    fields: (parts ?? []).map(fieldOf),
    file: isBinary ? { fileName: '', type: type || BYTES, data: body || null } : null,
    ...(user === undefined ? {} : { auth: 'user' as const, user }),
    variableSet: request.variableSet ?? '',
    stored: request.stored ?? null,
  }
}

function fieldOf(part: RunPart): Field {
  if ('value' in part) return { name: part.name, value: part.value, on: true, file: null }
  const { name, fileName, type = '', data } = part
  return { name, value: '', on: true, file: { fileName, type, data: data || null } }
}

function kindOf({ parts, bodyEncoding }: RunRequest, type: string): PanelRequest['bodyKind'] {
  if (parts) return 'multipart'
  if (bodyEncoding === 'base64') return 'binary'
  if (type.includes('json') || type === '') return 'json'
  return type.includes('urlencoded') ? 'form' : 'text'
}

/** All texts of a request in which variables may stand. */
export function textsOf(request: PanelRequest): string[] {
  const { path, query, headers, bodyKind, body, fields, auth, bearer, user, method } = request
  const sent = headers.filter(isSent).map(({ value }) => value)
  if (auth === 'bearer') sent.push(bearer)
  if (auth === 'user') sent.push(user)
  if (takesBody(method)) {
    if (bodyKind === 'multipart') sent.push(...fields.filter(isSent).map(({ value }) => value))
    else if (bodyKind !== 'binary') sent.push(body)
  }
  return [path, query, ...sent]
}
