import type { CaseSave, Expectation, RunRequest, RunResponse } from '@lathe/shared'

const LONGEST_BODY = 200_000
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d/
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i
const OBJECT_ID = /^[\da-f]{24}$/i
/** Milliseconds since the epoch, of this century. */
const isInstant = (value: number) => value > 1e12 && value < 4e12

/** What one click on a run's answer expects from then on: its status, type and body, without what changes by itself. */
export function recordedCase(
  functionName: string,
  request: RunRequest,
  response: RunResponse,
): Omit<CaseSave, 'appid'> {
  const type = response.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const expectations: Expectation[] = [
    { kind: 'status', status: response.status },
    ...(type ? [{ kind: 'header', name: 'content-type', match: 'equals', value: type } as const] : []),
  ]
  if (response.bodyEncoding === 'utf8' && !response.truncated && response.body.length <= LONGEST_BODY) {
    expectations.push({ kind: 'body', body: response.body, ignore: changingPaths(response.body) })
  }
  const { method = 'GET', path = '', query = '' } = request
  const asked = typeof query === 'string' && query ? `?${query}` : ''
  return {
    functionName,
    name: `${method} ${path}${asked} ${response.status}`.replace(/\s+/g, ' ').slice(0, 120),
    request,
    expectations,
  }
}

/** JSONPaths (RFC 9535) of values that are another at every run: times and ids. */
export function changingPaths(body: string): string[] {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return []
  }
  const found = new Set<string>()
  const look = (at: unknown, path: string): void => {
    if (found.size >= 50) return
    if (Array.isArray(at)) {
      for (const one of at.slice(0, 100)) look(one, `${path}[*]`)
    } else if (typeof at === 'object' && at !== null) {
      for (const [key, one] of Object.entries(at)) look(one, path + step(key))
    } else if (path !== '$' && isChanging(at)) found.add(path)
  }
  look(value, '$')
  return [...found]
}

function isChanging(value: unknown): boolean {
  if (typeof value === 'number') return isInstant(value)
  return typeof value === 'string' && (DATE.test(value) || UUID.test(value) || OBJECT_ID.test(value))
}

function step(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

/** A JSON Schema that a value like this one satisfies: its types and fields. */
export function schemaOf(value: unknown): object {
  if (value === null) return { type: 'null' }
  if (Array.isArray(value))
    return value.length > 0 ? { type: 'array', items: schemaOf(value[0]) } : { type: 'array' }
  if (typeof value === 'object') {
    const properties = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, schemaOf(one)]))
    return { type: 'object', required: Object.keys(value), properties }
  }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' }
  return { type: typeof value }
}
