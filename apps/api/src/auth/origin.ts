import type { IncomingHttpHeaders } from 'node:http'

export function consoleOrigins(consoleHost: string): string[] {
  return [`http://${consoleHost}`, `https://${consoleHost}`]
}

/**
 * Whether a request that is authenticated by cookie comes from the console itself. Functions share a site with it
 * under `localhost`, so that neither the cookie nor `SameSite` says who asks.
 *
 * Browsers send `Origin` with every POST and with every cross-origin stream; a same-origin GET has none, but has
 * `Sec-Fetch-Site` (Fetch Metadata) on trustworthy origins and `Referer` on others.
 */
export function isFromConsole(headers: IncomingHttpHeaders, consoleHost: string, method: string): boolean {
  const origins = consoleOrigins(consoleHost)
  if (headers.origin !== undefined) return origins.includes(headers.origin)
  if (method !== 'GET' && method !== 'HEAD') return false
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { referer } = headers
  return referer !== undefined && URL.canParse(referer) && origins.includes(new URL(referer).origin)
}
