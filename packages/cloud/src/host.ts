import type { Db, MongoClient, ObjectId } from 'mongodb'
import type { CloudSocket, FunctionContext, TokenPayload } from './context.ts'
import type { LafFetch } from './laf.ts'

/** What the runtime gives to `cloud`. Functions never see this module. */
export interface CloudHost {
  readonly appid: string
  /** The app's variables: the very object that `process.env` reads from. */
  readonly env: Readonly<Record<string, string>>
  readonly sockets: ReadonlySet<CloudSocket>
  invoke(name: string, ctx?: Partial<FunctionContext>): Promise<unknown>
  signToken(payload: TokenPayload, expiresInSeconds?: number | string): string
  verifyToken(token: string, secret?: string): TokenPayload | null
  /** The app's database; the driver is loaded by the first call. */
  mongo(): { client: MongoClient; db: Db; toObjectId: (hex: string) => ObjectId }
  /** Loaded by the first call. */
  axios(): LafFetch
  /** In a runtime for tests: a request to this very process. */
  request?(path: string, init?: RequestInit): Promise<Response>
}

let provided: CloudHost | undefined

/** Called once by the runtime before any of the app's code; a second call throws. */
export function provideHost(host: CloudHost): void {
  if (provided) throw new Error('The cloud host is already provided')
  provided = host
}

export function host(): CloudHost {
  if (!provided) throw new Error('@lathe/cloud works only inside a Lathe runtime')
  return provided
}
