import { createHash } from 'node:crypto'

/**
 * Fields that confine the console's pages. Monaco needs styles set from script and workers from blobs or bundled files;
 * scripts come from our own files only, but for inline ones that the build itself wrote into the page.
 * @param html the page, whose inline scripts are allowed by their hash
 * @param sockets where it may open WebSockets: functions are tried from it
 */
export function pageFields(html: string, sockets: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/gi)].map(
    ([, code]) => ` 'sha256-${createHash('sha256').update(code!).digest('base64')}'`,
  )
  const policy = [
    "default-src 'self'",
    `script-src 'self'${hashes.join('')}`,
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    `connect-src 'self' ${sockets}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
  return `content-security-policy: ${policy}\r\nx-frame-options: DENY\r\ncross-origin-opener-policy: same-origin\r\n`
}

const FILE_FIELDS =
  'x-content-type-options: nosniff\r\nreferrer-policy: same-origin\r\ncross-origin-resource-policy: same-origin\r\n'
/** Two years, as browsers' preload lists want it; without the apps' hosts, which need not have TLS. */
const HSTS = 'strict-transport-security: max-age=63072000\r\n'

/** Fields on every file of the console. */
export function fileFields(behindTls: boolean): string {
  return behindTls ? FILE_FIELDS + HSTS : FILE_FIELDS
}
