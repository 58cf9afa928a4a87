import type { IncomingHttpHeaders } from 'node:http'

/** Behind TLS, a page that came without it is not the console. */
export function consoleOrigins(consoleUrl: string): string[] {
  const { origin } = new URL(consoleUrl)
  return origin.startsWith('https:') ? [origin] : [origin, origin.replace('http:', 'https:')]
}

/**
 * Whether a request that is authenticated by cookie comes from the console itself. Functions share a site with it
 * under `localhost`, so that neither the cookie nor `SameSite` says who asks.
 *
 * Browsers send `Origin` with every POST and with every cross-origin stream; a same-origin GET has none, but has
 * `Sec-Fetch-Site` (Fetch Metadata) on trustworthy origins and `Referer` on others.
 */
export function isFromConsole(headers: IncomingHttpHeaders, consoleUrl: string, method: string): boolean {
  const origins = consoleOrigins(consoleUrl)
  if (headers.origin !== undefined) return origins.includes(headers.origin)
  if (method !== 'GET' && method !== 'HEAD') return false
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { referer } = headers
  return referer !== undefined && URL.canParse(referer) && origins.includes(new URL(referer).origin)
}
