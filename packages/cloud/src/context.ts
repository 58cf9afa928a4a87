import type { IncomingMessage, ServerResponse } from 'node:http'

/** Query values: a name that occurs once is a string, one that is repeated an array in order of occurrence. */
export type Query = Record<string, string | string[] | undefined>

/** What a cookie is set with; times in seconds. */
export interface CookieOptions {
  /** Seconds until the browser forgets it. 0 removes the cookie. */
  maxAge?: number
  expires?: Date
  path?: string
  domain?: string
  secure?: boolean
  httpOnly?: boolean
  sameSite?: 'strict' | 'lax' | 'none'
}

/** Node's request. Its `url` is what stands behind the function's name, as under a mounted router. */
export interface FunctionRequest extends IncomingMessage {
  /** Path and query as the visitor wrote them: `/users/list/42?x=1`. */
  originalUrl: string
  /** Address of the visitor, as the gateway saw it. */
  readonly ip: string
  /** A header by its name in any case. */
  get(name: string): string | undefined
  /** The same as `get`. */
  header(name: string): string | undefined
  /** Without the port. */
  readonly hostname: string
  /** `http` or `https`, as the visitor came to the gateway. */
  readonly protocol: string
  readonly secure: boolean
  /** As `ctx` has them. */
  readonly query: Query
  // biome-ignore lint/suspicious/noExplicitAny: a body is whatever the visitor sent.
  readonly body: any
  readonly files: UploadedFile[]
  readonly user: TokenPayload | null
}

/** Node's response with the few helpers that everyone writes anyway. Using it means that the return value is not sent. */
export interface FunctionResponse extends ServerResponse {
  /** Sends a string (as HTML, unless a type is set), bytes, or anything else as JSON, and ends the response. */
  send(body?: unknown): this
  /** Sends JSON and ends the response. */
  json(body: unknown): this
  /** Sets the status code; can be chained. */
  status(code: number): this
  /** Sets one header, or several; can be chained. */
  set(name: string, value: string | number | readonly string[]): this
  set(headers: Record<string, string | number | readonly string[]>): this
  /** The same as `set`. */
  header(name: string, value: string | number | readonly string[]): this
  header(headers: Record<string, string | number | readonly string[]>): this
  /** A header that was set. */
  get(name: string): string | undefined
  /** Adds to a header what may stand beside what it has. */
  append(name: string, value: string | readonly string[]): this
  /** Sets the content type: `text/csv`, or `json`, `html`, `text`, `xml`. */
  type(type: string): this
  /** Sends a status with its name for a body. */
  sendStatus(code: number): this
  /** Sends the visitor elsewhere: 302 unless a status is named. */
  redirect(url: string): this
  redirect(status: number, url: string): this
  /** Adds a `Set-Cookie` header. The value is percent-encoded. */
  cookie(name: string, value: string, options?: CookieOptions): this
  /** Has the browser forget a cookie that was set with the same path and domain. */
  clearCookie(name: string, options?: CookieOptions): this
}

/** One uploaded file of a `multipart/form-data` body. It is deleted when the request is over. */
export interface UploadedFile {
  /** Name of the form's field. */
  fieldname: string
  /** The file's name as the visitor's browser sent it: never use it as a path. */
  originalname: string
  mimetype: string
  encoding: string
  /** Bytes. */
  size: number
  /** Where the content lies while the request runs. */
  path: string
  /** Last segment of `path`. */
  filename: string
  /** The folder of `path`. */
  destination: string
}

/** What a bearer token said, when the request carried one that `cloud.getToken` signed. */
export type TokenPayload = Record<string, unknown>

/**
 * What a function is called with.
 * @typeParam Body shape of the parsed body, when you know it
 */
// biome-ignore lint/suspicious/noExplicitAny: a body is whatever the visitor sent; users narrow it themselves.
export interface FunctionContext<Body = any> {
  /** Node's request. */
  readonly request: FunctionRequest
  /** Node's response, for what a return value cannot say. */
  readonly response: FunctionResponse
  /** Upper case, e.g. `GET`. */
  readonly method: string
  /** Path and query as the visitor wrote them: `/users/list/42?x=1`. */
  readonly url: string
  /** What stands behind the function's name in the path: `/42`, or '' when nothing does. */
  readonly path: string
  /** The decoded segments of `path`: `['42']`. */
  readonly params: string[]
  readonly query: Query
  /** Names in lower case. */
  readonly headers: Record<string, string | undefined>
  /**
   * The parsed body: an object for JSON, forms and multipart fields, a string for `text/*`, a Buffer for anything else,
   * undefined when there is none.
   */
  readonly body: Body
  /** Uploaded files of a multipart body. */
  readonly files: UploadedFile[]
  /** Payload of the request's `Authorization: Bearer` token, when `cloud.getToken` signed it; null otherwise. */
  readonly user: TokenPayload | null
  /** Names this request in logs and error bodies. */
  readonly requestId: string
  readonly functionName: string
  /** @deprecated Laf's name of `functionName` */
  readonly __function_name: string
  /** @deprecated Laf's older name of `user` */
  readonly auth: TokenPayload | null
  /** What started this: a request, or a cron trigger of the app. Cannot be forged from outside. */
  readonly trigger: 'http' | 'cron'
  /** Aborts when the function's time is up and when the visitor goes away. */
  readonly signal: AbortSignal
  /** The same request as a web-standard `Request`. Its URL is `request.url` made absolute. */
  readonly webRequest: Request
}

export type WebSocketEvent =
  | 'WebSocket:connection'
  | 'WebSocket:message'
  | 'WebSocket:close'
  | 'WebSocket:error'

/** What `__websocket__` is called with, once per event of a connection. */
export interface WebSocketContext {
  readonly method: WebSocketEvent
  readonly params: {
    /** Of a message: a string, or a Buffer when it is binary. Of a close: its code and reason. Of an error: the error. */
    // biome-ignore lint/suspicious/noExplicitAny: what peers send is for the function to check.
    data: any
    /** Of a message: whether it is binary. */
    isBinary?: boolean
    /** Of a close. */
    code?: number
    reason?: string
    /** Of an error. */
    message?: string
  }
  readonly socket: CloudSocket
  /** Of the request that opened the connection. */
  readonly url: string
  readonly query: Query
  readonly headers: Record<string, string | undefined>
  readonly requestId: string
  readonly functionName: string
  /** @deprecated Laf's name of `functionName` */
  readonly __function_name: string
}

/** A WebSocket connection, as `__websocket__` and `cloud.sockets` see it. */
export interface CloudSocket {
  send(data: string | Uint8Array): void
  close(code?: number, reason?: string): void
  /** 1 = open. */
  readonly readyState: number
}

/** A handler as a module's default export, or as `GET`, `POST`, ... */
export type FunctionHandler = (ctx: FunctionContext) => unknown

/** What `__interceptor__` exports: runs before every function; what it returns is the answer. */
export type Interceptor = (ctx: FunctionContext, next: (ctx?: FunctionContext) => Promise<unknown>) => unknown
