import type { IncomingHttpHeaders } from 'node:http'
import { inspect } from 'node:util'
import type {
  FunctionContext,
  FunctionRequest,
  FunctionResponse,
  Query,
  TokenPayload,
  UploadedFile,
} from '@lathe/cloud'
import { type LatheRequest, type LatheResponse, mount } from './messages.ts'
import { parseQuery } from './query.ts'
import { decodeSegment } from './route.ts'
import { webRequestOf } from './web-request.ts'

/** What stands behind a context; found by the getters also when a context is derived from another. */
export interface ContextState {
  req: LatheRequest
  res: LatheResponse
  rest: string
  trigger: 'http' | 'cron'
  raw: Buffer | null
  controller: AbortController | null
  aborted: Error | null
  /** Called when the function asks for its signal. */
  watch: () => void
  user: (headers: IncomingHttpHeaders) => TokenPayload | null
}

/** What functions that know Express look for on a request. */
const ON_REQUEST = ['query', 'body', 'files', 'user'] as const

export const STATE = Symbol('lathe.context')

/** `ctx`: most functions look at two of its fields, so the others are made when they are asked for. */
export class Context implements FunctionContext {
  readonly [STATE]: ContextState
  readonly method: string
  readonly requestId: string
  readonly functionName: string
  body: unknown
  files: UploadedFile[]

  constructor(
    state: ContextState,
    requestId: string,
    functionName: string,
    body: unknown,
    files: UploadedFile[],
  ) {
    this[STATE] = state
    this.method = state.req.method ?? 'GET'
    this.requestId = requestId
    this.functionName = functionName
    this.body = body
    this.files = files
  }

  /** Logging a context shows what its user knows, and not Node's request with all that hangs on it. */
  [inspect.custom](): unknown {
    const { method, url, path, params, query, headers, body, files, requestId, functionName } = this
    return { method, url, path, params, query, headers, body, files, requestId, functionName }
  }

  get request(): FunctionRequest {
    const { req, rest } = this[STATE]
    mount(req, rest)
    for (const name of ON_REQUEST) {
      const get = () => this[name]
      const set = (value: unknown) => cache(req, name, value)
      Object.defineProperty(req, name, { get, set, configurable: true })
    }
    return cache(this, 'request', req as unknown as FunctionRequest)
  }

  get __function_name(): string {
    return this.functionName
  }

  get auth(): TokenPayload | null {
    return this.user
  }

  get response(): FunctionResponse {
    return this[STATE].res as unknown as FunctionResponse
  }

  get url(): string {
    return this[STATE].req.originalUrl
  }

  get path(): string {
    return this[STATE].rest
  }

  get params(): string[] {
    return cache(this, 'params', this[STATE].rest.split('/').filter(Boolean).map(decodeSegment))
  }

  get query(): Query {
    const url = this[STATE].req.originalUrl
    const start = url.indexOf('?')
    return cache(this, 'query', start < 0 ? {} : parseQuery(url.slice(start + 1)))
  }

  get headers(): Record<string, string | undefined> {
    return this[STATE].req.headers as Record<string, string | undefined>
  }

  get user(): TokenPayload | null {
    return cache(this, 'user', this[STATE].user(this[STATE].req.headers))
  }

  get trigger(): 'http' | 'cron' {
    return this[STATE].trigger
  }

  get signal(): AbortSignal {
    const state = this[STATE]
    if (!state.controller) {
      state.controller = new AbortController()
      if (state.aborted) state.controller.abort(state.aborted)
      else state.watch()
    }
    return state.controller.signal
  }

  get webRequest(): Request {
    const { req, rest, raw } = this[STATE]
    mount(req, rest)
    return cache(this, 'webRequest', webRequestOf(req, raw, this.signal))
  }
}

function cache<T>(target: object, name: string, value: T): T {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true })
  return value
}
