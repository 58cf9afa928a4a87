import { limits } from '@lathe/shared'
import { Refusal } from '../refusal.ts'
import { markerAt } from './places.ts'

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/**
 * Refuses what cannot be kept as it is: a text that is too large, or half a character, which no UTF-8 can hold and
 * which would silently become another.
 * @throws Refusal TOO_LARGE, COMPILE_ERROR
 */
export function checkSource(source: string): void {
  const size = Buffer.byteLength(source)
  if (size > limits.sourceBytes) {
    throw new Refusal(
      'TOO_LARGE',
      `The source has ${size} bytes; a function's source may have at most ${limits.sourceBytes} (limits.sourceBytes).`,
      { limit: limits.sourceBytes, size },
    )
  }
  if (source.isWellFormed()) return
  const at = source.search(LONE_SURROGATE)
  const code = source.charCodeAt(at).toString(16).toUpperCase()
  const marker = markerAt(
    source,
    at,
    at + 1,
    `This is half a character (lone surrogate U+${code}). Delete it, or write \\u${code.toLowerCase()}.`,
  )
  throw new Refusal('COMPILE_ERROR', marker.message, { markers: [marker] })
}
