import type { IncomingHttpHeaders } from 'node:http'
import type { TokenScope } from '@lathe/shared'
import type { Context } from './context.ts'
import type { AppDoc } from './mongo/documents.ts'

/** Who calls: an account, by its session's cookie or by a bearer token. */
export interface Caller {
  userId: string
  email: string
  name: string
  /** Null when a session's cookie vouches for the caller. */
  token: CallerToken | null
  /** The session whose cookie vouches for him, and null with a token. */
  sessionId: string | null
}

export interface CallerToken {
  id: string
  name: string
  scope: TokenScope
  /** The only apps that it may touch; null = all. */
  apps: string[] | null
  /** The team that it belongs to; null = it is an account's own, and goes wherever the account may. */
  teamId: string | null
}

/** What a verb knows of the request it serves. */
export interface RequestContext {
  context: Context
  requestId: string
  /** `performance.now()` when the request's head arrived. */
  arrivedAt: number
  caller: Caller | null
  /** Who calls, looked at anew: for streams, which outlive what let them in. Or whom other headers vouch for. */
  resolveCaller: (headers?: IncomingHttpHeaders) => Promise<Caller | null>
  /** Network address of who calls. */
  address: string
  /** Whether the browser says that the console itself asks: needed where a cookie vouches for the caller. */
  isFromConsole: boolean
  /** Of the request's headers those that better-auth reads: cookie, browser and address. */
  authHeaders: () => Headers
  /** Adds `Set-Cookie` headers to the response. */
  setCookies: (cookies: string[]) => void
}

/** A request that the permission matrix has let through, with what it may act on: see auth/authorize.ts. */
export interface SignedRequest extends RequestContext {
  caller: Caller
  /** The team that the call is about, or that has the app; null where it is about the account. */
  teamId: string | null
  /** The app that the call is about. */
  app: AppDoc | null
}
