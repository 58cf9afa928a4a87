import type { Context } from './context.ts'

/** Who calls: an account, by its session's cookie or by a bearer token. */
export interface Caller {
  userId: string
  email: string
  name: string
  via: 'cookie' | 'token'
}

/** What a verb knows of the request it serves. */
export interface RequestContext {
  context: Context
  requestId: string
  /** `performance.now()` when the request's head arrived. */
  arrivedAt: number
  caller: Caller | null
  /** Whether the browser says that the console itself asks: needed where a cookie vouches for the caller. */
  isFromConsole: boolean
  /** Adds `Set-Cookie` headers to the response. */
  setCookies: (cookies: string[]) => void
}

/** A request of somebody who is signed in. */
export interface SignedRequest extends RequestContext {
  caller: Caller
}
