/** Server side of SCRAM (RFC 5802, RFC 7677) as MongoDB runs it over saslStart and saslContinue. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { MongoError } from '../errors.ts'

export type Mechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-1'
export interface Credential {
  readonly iterationCount: number
  readonly salt: string
  readonly storedKey: string
  readonly serverKey: string
}

const derive = promisify(pbkdf2)
const HASHES = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const
const SIZES = { 'SCRAM-SHA-256': 32, 'SCRAM-SHA-1': 20 } as const
export const ITERATIONS = { 'SCRAM-SHA-256': 15000, 'SCRAM-SHA-1': 10000 } as const

export function isMechanism(name: unknown): name is Mechanism {
  return name === 'SCRAM-SHA-256' || name === 'SCRAM-SHA-1'
}

function hmac(hash: string, key: Uint8Array, text: string): Buffer {
  return createHmac(hash, key).update(text).digest()
}

/** What is stored of a password. SCRAM-SHA-1 takes MongoDB's digest of name and password. */
export async function makeCredential(
  mechanism: Mechanism,
  user: string,
  password: string,
  iterations: number = ITERATIONS[mechanism],
): Promise<Credential> {
  const hash = HASHES[mechanism]
  const salt = randomBytes(SIZES[mechanism] - 4)
  const secret =
    mechanism === 'SCRAM-SHA-1'
      ? createHash('md5').update(`${user}:mongo:${password}`).digest('hex')
      : password.normalize('NFKC')
  const salted = await derive(secret, salt, iterations, SIZES[mechanism], hash)
  const storedKey = createHash(hash)
    .update(hmac(hash, salted, 'Client Key'))
    .digest()
  return {
    iterationCount: iterations,
    salt: salt.toString('base64'),
    storedKey: storedKey.toString('base64'),
    serverKey: hmac(hash, salted, 'Server Key').toString('base64'),
  }
}

export function authenticationFailed(): MongoError {
  return new MongoError('AuthenticationFailed', 'Authentication failed.')
}

function attributes(text: string): Map<string, string> {
  return new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))
}

/** One conversation: client-first and client-final message, then (unless skipped) an empty exchange. */
export class ScramConversation {
  readonly mechanism: Mechanism
  readonly db: string
  user = ''
  #credential: Credential | undefined
  #clientFirstBare = ''
  #serverFirst = ''
  #gs2 = ''
  #nonce = ''

  constructor(mechanism: Mechanism, db: string) {
    this.mechanism = mechanism
    this.db = db
  }

  /**
   * Answers client-first. `find` looks the user's credential up; an unknown user gets a plausible answer too, so that
   * names cannot be probed.
   */
  first(
    payload: string,
    find: (user: string) => Credential | undefined,
    fakeSalt: (user: string) => string,
  ): string {
    const m = /^([ny],(?:a=[^,]*)?,)(n=([^,]*),r=([^,]+).*)$/s.exec(payload)
    if (!m) throw authenticationFailed()
    this.#gs2 = m[1]!
    this.#clientFirstBare = m[2]!
    this.user = m[3]!.replaceAll('=2C', ',').replaceAll('=3D', '=')
    this.#nonce = m[4]! + randomBytes(24).toString('base64')
    this.#credential = find(this.user)
    const salt = this.#credential?.salt ?? fakeSalt(this.user)
    const iterations = this.#credential?.iterationCount ?? ITERATIONS[this.mechanism]
    this.#serverFirst = `r=${this.#nonce},s=${salt},i=${iterations}`
    return this.#serverFirst
  }

  /** Answers client-final with the server's signature; throws AuthenticationFailed. */
  final(payload: string): string {
    const fields = attributes(payload)
    const proof = Buffer.from(fields.get('p') ?? '', 'base64')
    const credential = this.#credential
    const size = SIZES[this.mechanism]
    const channel = Buffer.from(this.#gs2).toString('base64')
    if (
      !credential ||
      fields.get('r') !== this.#nonce ||
      fields.get('c') !== channel ||
      proof.length !== size
    ) {
      throw authenticationFailed()
    }
    const hash = HASHES[this.mechanism]
    const withoutProof = payload.slice(0, payload.lastIndexOf(',p='))
    const message = `${this.#clientFirstBare},${this.#serverFirst},${withoutProof}`
    const storedKey = Buffer.from(credential.storedKey, 'base64')
    const signature = hmac(hash, storedKey, message)
    const clientKey = Buffer.from(proof.map((b, i) => b ^ signature[i]!))
    if (!timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey)) throw authenticationFailed()
    return `v=${hmac(hash, Buffer.from(credential.serverKey, 'base64'), message).toString('base64')}`
  }
}
