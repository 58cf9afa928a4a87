import { bytesOf } from '../response/response-bytes.ts'

/** How a message is written: as text, or as bytes in one of these ways. */
export type Writing = 'text' | 'hex' | 'base64' | 'file'

/** The bytes that a text of hexadecimal digits or base64 stands for; null where it is neither. */
export function writtenBytes(writing: 'hex' | 'base64', text: string): Uint8Array<ArrayBuffer> | null {
  const tight = text.replace(/\s/g, '')
  if (writing === 'hex') {
    const digits = tight.replace(/0x|[,:]/gi, '')
    return /^([0-9a-f]{2})*$/i.test(digits)
      ? Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
      : null
  }
  try {
    return bytesOf(tight.replace(/-/g, '+').replace(/_/g, '/'))
  } catch {
    return null
  }
}
