import { createHmac, timingSafeEqual } from 'node:crypto'
import type { TokenPayload } from '@lathe/cloud'

const HEADER = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT' })).toString('base64url')
const WEEK_SECONDS = 7 * 24 * 3600

/**
 * JSON Web Tokens (RFC 7519) signed with HMAC SHA-256 (RFC 7515), and no other algorithm: what a token's own header
 * says about it is not trusted.
 * @param secret asked for at each use, since the app may change it
 */
export class Tokens {
  readonly #secret: () => string

  constructor(secret: () => string) {
    this.#secret = secret
  }

  /** @param expiresInSeconds a text is a secret in place of the app's own, as in Laf */
  sign(payload: TokenPayload, expiresInSeconds: number | string = WEEK_SECONDS): string {
    const now = Math.floor(Date.now() / 1000)
    const isSecret = typeof expiresInSeconds === 'string'
    const claims = { iat: now, exp: now + (isSecret ? WEEK_SECONDS : expiresInSeconds), ...payload }
    const text = `${HEADER}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
    const mac = this.#mac(text, isSecret ? expiresInSeconds : this.#secret())
    return `${text}.${mac.toString('base64url')}`
  }

  verify(token: string, secret = this.#secret()): TokenPayload | null {
    if (typeof token !== 'string') return null
    const parts = token.split('.')
    if (parts.length !== 3) return null
    const [header, body, signature] = parts as [string, string, string]
    const expected = this.#mac(`${header}.${body}`, secret)
    const given = Buffer.from(signature, 'base64url')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
    try {
      if (JSON.parse(Buffer.from(header, 'base64url').toString()).alg !== 'HS256') return null
      const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as TokenPayload
      const now = Date.now() / 1000
      if (typeof payload !== 'object' || payload === null) return null
      if (typeof payload.exp === 'number' && payload.exp <= now) return null
      if (typeof payload.nbf === 'number' && payload.nbf > now) return null
      return payload
    } catch {
      return null
    }
  }

  /** The payload of an `Authorization: Bearer` header. */
  ofHeader(authorization: string | undefined): TokenPayload | null {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1]
    return token === undefined ? null : this.verify(token)
  }

  #mac(text: string, secret: string): Buffer {
    return createHmac('sha256', secret).update(text).digest()
  }
}
