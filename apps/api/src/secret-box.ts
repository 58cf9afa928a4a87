import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * Secrets at rest: AES-256-GCM under a key derived from LATHE_SECRET_KEY by HKDF-SHA-256 (RFC 5869).
 * `context` (e.g. `app:<appid>:database`) is authenticated with it, so that a sealed value cannot be moved to
 * another record.
 */
export class SecretBox {
  #key: Uint8Array

  constructor(secretKey: string) {
    this.#key = new Uint8Array(hkdfSync('sha256', secretKey, '', 'lathe secrets at rest', 32))
  }

  seal(plain: string, context: string): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(context))
    const sealed = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `${VERSION}.${sealed.toString('base64url')}`
  }

  /** @throws Error when the value was sealed with another key, for another context, or was changed */
  open(sealed: string, context: string): string {
    const [version, text] = sealed.split('.')
    if (version !== VERSION || !text) throw new Error('not a sealed secret')
    const bytes = Buffer.from(text, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(-TAG_BYTES))
    return Buffer.concat([
      decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8')
  }
}

/** A secret of its own for one purpose, from the one secret key. */
export function derivedKey(secretKey: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', secretKey, '', `lathe ${purpose}`, 32)).toString('hex')
}
