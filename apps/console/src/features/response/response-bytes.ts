import type { RunResponse } from '@lathe/shared'
import type { ResponseBody, ResponseHead } from '../../stores/runs.ts'

/** Longer bodies are no part of a case, and nobody copies them by a click. */
const SHORT = 200_000

/** @param base64 standard alphabet, with padding */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}

export function base64Of(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}

/** A body in one piece. */
export function joined({ parts, size }: ResponseBody): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0]!
  const all = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** The text of bytes; null where they are none. A character that is cut in half at the end is left out. */
export function textOf(bytes: Uint8Array, isCut = false): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut })
  } catch {
    return null
  }
}

/** A short body as `runs.execute` gives it when it is asked for it as a whole: that is what a case records. */
export function shortText(body: ResponseBody): Pick<RunResponse, 'body' | 'bodyEncoding'> {
  const text = body.size <= SHORT ? textOf(joined(body)) : null
  return text === null ? { body: '', bodyEncoding: 'base64' } : { body: text, bodyEncoding: 'utf8' }
}

export type BodyKind = 'json' | 'events' | 'html' | 'image' | 'text' | 'bytes'

/** How a body is best shown, by its type, and by how it begins where that says nothing. */
export function kindOf({ headers }: ResponseHead, bytes: Uint8Array): BodyKind {
  const type = contentType(headers)
  if (type === 'text/event-stream') return 'events'
  if (type.startsWith('image/') && type !== 'image/svg+xml') return 'image'
  const start = bytes.subarray(0, 64 * 1024)
  const text = textOf(start, start.length < bytes.length)
  if (text === null) return 'bytes'
  if (/[/+]json$/.test(type)) return 'json'
  if (type === 'text/html' || type === 'image/svg+xml') return 'html'
  return /^\s*[[{]/.test(text) && type !== 'application/javascript' ? 'json' : 'text'
}

/** The media type without its parameters, in lower case. */
export function contentType(headers: ResponseHead['headers']): string {
  const found = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  return found.split(';')[0]!.trim().toLowerCase()
}

/** What a download is called: as the answer says, or by the function and the type. */
export function fileNameOf({ headers }: ResponseHead, functionName: string): string {
  const disposition = headers.find(([name]) => name.toLowerCase() === 'content-disposition')?.[1] ?? ''
  const named = /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  if (named) return named.replace(/[/\\]/g, '_')
  const subtype = contentType(headers).split('/')[1] ?? ''
  const ending = { plain: 'txt', 'svg+xml': 'svg', 'octet-stream': 'bin', jpeg: 'jpg', javascript: 'js' }
  const found = Object.entries(ending).find(([known]) => known === subtype)?.[1] ?? subtype
  return `${functionName.replace(/\//g, '-')}.${found.replace(/[^\w-]/g, '') || 'bin'}`
}
