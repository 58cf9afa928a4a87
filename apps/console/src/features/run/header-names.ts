const types = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'application/xml',
  'text/plain; charset=utf-8',
  'text/html',
  'text/csv',
  'image/png',
]

/** Request headers that people send, with their usual values. */
const known: Record<string, readonly string[]> = {
  accept: ['*/*', ...types, 'text/event-stream'],
  'accept-encoding': ['gzip, deflate, br', 'identity'],
  'accept-language': ['en', 'de', 'zh-CN', 'en-US,en;q=0.9'],
  authorization: ['Bearer ', 'Basic '],
  'cache-control': ['no-cache', 'no-store', 'max-age=0'],
  'content-encoding': ['gzip', 'br'],
  'content-language': [],
  'content-type': types,
  cookie: [],
  date: [],
  dnt: ['1'],
  forwarded: [],
  from: [],
  'idempotency-key': [],
  'if-match': ['*'],
  'if-modified-since': [],
  'if-none-match': ['*'],
  'if-range': [],
  'if-unmodified-since': [],
  'last-event-id': [],
  origin: [],
  pragma: ['no-cache'],
  prefer: ['return=minimal', 'return=representation', 'respond-async'],
  priority: ['u=1'],
  range: ['bytes=0-1023'],
  referer: [],
  'sec-fetch-mode': ['cors', 'navigate', 'no-cors', 'same-origin'],
  'sec-fetch-site': ['cross-site', 'none', 'same-origin', 'same-site'],
  traceparent: [],
  tracestate: [],
  'user-agent': ['curl/8.14.1', 'Mozilla/5.0'],
  'x-api-key': [],
  'x-correlation-id': [],
  'x-csrf-token': [],
  'x-forwarded-for': ['127.0.0.1'],
  'x-http-method-override': ['DELETE', 'PATCH', 'PUT'],
  'x-hub-signature-256': [],
  'x-requested-with': ['XMLHttpRequest'],
}

export const headerNames: readonly string[] = Object.keys(known)

export function headerValues(name: string): readonly string[] {
  return known[name.trim().toLowerCase()] ?? []
}
