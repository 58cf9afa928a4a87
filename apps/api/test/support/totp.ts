import { createHmac } from 'node:crypto'

/** As far from now as codes are taken: the next one, once this one was used. */
export const NEXT = 30_000

/** The code that an authenticator app shows (RFC 6238: SHA-1, 30 s, 6 digits). @param uri `otpauth://totp/...` */
export function totp(uri: string, at = Date.now()): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const hash = createHmac('sha1', fromBase32(new URL(uri).searchParams.get('secret')!))
    .update(counter)
    .digest()
  const number = hash.readUInt32BE(hash.at(-1)! & 0xf) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** RFC 4648, 6. */
function fromBase32(text: string): Buffer {
  const bits = [...text.replace(/=+$/, '')]
    .map((char) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
