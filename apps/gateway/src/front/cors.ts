import type { Cors } from '@lathe/shared'
import type { RequestHead } from '../http/request-head.ts'
import { fieldValue } from '../http/syntax.ts'

/** A browser asks before it sends a request of another origin (Fetch standard, CORS-preflight request). */
export function isPreflight(head: RequestHead): boolean {
  return (
    head.method === 'OPTIONS' &&
    fieldValue(head.fields, 'origin') !== undefined &&
    fieldValue(head.fields, 'access-control-request-method') !== undefined
  )
}

/** The fields of the answer to a preflight. To an origin that is not allowed it says nothing, which refuses. */
export function preflightFields(cors: Cors, head: RequestHead): string {
  const allowed = corsFields(cors, head)
  if (!allowed.includes('access-control-allow-origin')) return allowed
  const methods = cors.methods?.join(', ') ?? fieldValue(head.fields, 'access-control-request-method')!
  const names = cors.headers?.join(', ') ?? fieldValue(head.fields, 'access-control-request-headers')
  return (
    allowed +
    `access-control-allow-methods: ${methods}\r\n` +
    (names === undefined ? '' : `access-control-allow-headers: ${names}\r\n`) +
    `access-control-max-age: ${cors.maxAgeSeconds}\r\n` +
    'vary: access-control-request-method, access-control-request-headers\r\n'
  )
}

/** What every answer says to browsers of other origins; nothing for requests without an Origin. */
export function corsFields(cors: Cors, head: RequestHead): string {
  const origin = fieldValue(head.fields, 'origin')
  const all = cors.origins.includes('*')
  const vary = all && !cors.credentials ? '' : 'vary: origin\r\n'
  if (origin === undefined || (!all && !cors.origins.includes(origin))) return vary
  return (
    `access-control-allow-origin: ${all && !cors.credentials ? '*' : origin}\r\n${vary}` +
    (cors.credentials ? 'access-control-allow-credentials: true\r\n' : '') +
    'access-control-expose-headers: *, x-request-id\r\n'
  )
}
