import type { Db, MongoClient } from 'mongodb'
import type { CloudSocket, FunctionContext, TokenPayload } from './context.ts'
import { Database } from './database/database.ts'
import { host } from './host.ts'
import { type LafFetch, LafStorage } from './laf.ts'

/** What `import cloud from '@lathe/cloud'` gives. */
export interface Cloud {
  /** The app's id. */
  readonly appid: string
  /** The app's environment variables, as they are now. */
  readonly env: Readonly<Record<string, string>>
  /** The app's own MongoDB database through the official driver, which connects by itself on first use. */
  readonly mongo: { readonly client: MongoClient; readonly db: Db }
  /** The app's own database through the chain API of database-ql, as functions written for Laf use it. */
  database(): Database
  /**
   * Calls another function of this app in place, without HTTP, on the same revision that this request began with.
   * @param ctx what to replace of the caller's context, e.g. `{ body: { id: 1 } }`
   * @returns what that function returned
   */
  invoke(name: string, ctx?: Partial<FunctionContext>): Promise<unknown>
  /** A map that all functions of this process share; gone when it restarts. */
  readonly shared: Map<string, unknown>
  /** Open WebSocket connections of this process. */
  readonly sockets: ReadonlySet<CloudSocket>
  /**
   * Signs a token (JWT, HS256) with this app's own secret. A payload without `exp` is given one.
   * @param expiresInSeconds default 7 days; a text is a secret to sign with in place of the app's own
   */
  getToken(payload: TokenPayload, expiresInSeconds?: number | string): string
  /**
   * The payload of a token that `getToken` signed; null when it is forged, malformed or expired.
   * @param secret what it was signed with, when that is not the app's own
   */
  parseToken(token: string, secret?: string): TokenPayload | null
  /**
   * Axios, for functions that were written for Laf.
   * @deprecated use `fetch`, or add the package `axios`
   */
  readonly fetch: LafFetch
  /**
   * Laf's object storage, which Lathe has not got: using it throws.
   * @deprecated add the package `@aws-sdk/client-s3` and use a bucket of your own
   */
  readonly storage: LafStorage
}

const shared = new Map<string, unknown>()
const storage = new LafStorage()

export const cloud: Cloud = {
  get appid() {
    return host().appid
  },
  get env() {
    return host().env
  },
  get mongo() {
    return host().mongo()
  },
  database: () =>
    new Database({ db: () => host().mongo().db, toObjectId: (hex) => host().mongo().toObjectId(hex) }),
  invoke: (name, ctx) => host().invoke(name, ctx),
  shared,
  get sockets() {
    return host().sockets
  },
  getToken: (payload, expiresInSeconds) => host().signToken(payload, expiresInSeconds),
  parseToken: (token, secret) => host().verifyToken(token, secret),
  get fetch() {
    return host().axios()
  },
  storage,
}
