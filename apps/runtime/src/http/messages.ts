import { IncomingMessage, ServerResponse, STATUS_CODES } from 'node:http'
import type { CookieOptions } from '@lathe/cloud'
import { REQUEST_ID_HEADER, RUN_TOKEN_HEADER } from '@lathe/shared/headers'

/** What the runtime itself looks at. */
export type FieldName = 'content-encoding' | 'content-length' | 'content-type'

/** Node's request with the few names that functions written for Express-like servers look for. */
export class LatheRequest extends IncomingMessage {
  get originalUrl(): string {
    return original.get(this) ?? this.url ?? ''
  }

  /** As the gateway has named it. */
  get requestId(): string | undefined {
    return this.headers[REQUEST_ID_HEADER] as string | undefined
  }

  get runToken(): string | undefined {
    return this.headers[RUN_TOKEN_HEADER] as string | undefined
  }

  /** One of its fields, by its name in lower case. */
  field(name: FieldName): string | undefined {
    return this.headers[name]
  }

  /** Functions do not see it. */
  hideRunToken(): void {
    delete this.headers[RUN_TOKEN_HEADER]
    for (let i = this.rawHeaders.length - 2; i >= 0; i -= 2) {
      if (this.rawHeaders[i]!.toLowerCase() === RUN_TOKEN_HEADER) this.rawHeaders.splice(i, 2)
    }
  }

  /** Whether it has a body at all (RFC 9112, section 6.3). */
  get hasBody(): boolean {
    const length = this.headers['content-length']
    return length === undefined ? this.headers['transfer-encoding'] !== undefined : length !== '0'
  }

  get ip(): string {
    const forwarded = this.headers['x-forwarded-for']
    const first = typeof forwarded === 'string' ? forwarded.split(',', 1)[0]!.trim() : ''
    return first || this.socket?.remoteAddress || ''
  }

  get(name: string): string | undefined {
    const value = this.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : value
  }

  header(name: string): string | undefined {
    return this.get(name)
  }

  get hostname(): string {
    return (this.headers.host ?? '').replace(/:\d+$/, '')
  }

  get protocol(): string {
    return this.get('x-forwarded-proto') ?? 'http'
  }

  get secure(): boolean {
    return this.protocol === 'https'
  }
}

const original = new WeakMap<IncomingMessage, string>()

/** Lets `request.url` begin behind the function's name, as under a mounted router. */
export function mount(req: IncomingMessage, rest: string): void {
  const url = req.url ?? '/'
  if (original.has(req)) return
  original.set(req, url)
  const query = url.indexOf('?')
  req.url = (rest.startsWith('/') ? rest : '/') + (query < 0 ? '' : url.slice(query))
}

export class LatheResponse extends ServerResponse {
  /** Writing after the end, or to a visitor who is gone, is no reason to end the process. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false
    return super.emit(event as string, ...args)
  }

  status(code: number): this {
    this.statusCode = code
    return this
  }

  set(name: string | Record<string, HeaderValue>, value?: HeaderValue): this {
    if (this.headersSent) return this
    if (typeof name === 'string') this.setHeader(name, value as HeaderValue)
    else for (const [key, each] of Object.entries(name)) this.setHeader(key, each)
    return this
  }

  header(name: string | Record<string, HeaderValue>, value?: HeaderValue): this {
    return this.set(name, value)
  }

  get(name: string): string | undefined {
    const value = this.getHeader(name)
    return Array.isArray(value) ? value.join(', ') : value?.toString()
  }

  append(name: string, value: string | readonly string[]): this {
    return this.headersSent ? this : this.appendHeader(name, value)
  }

  type(type: string): this {
    return this.set('content-type', TYPES.get(type) ?? type)
  }

  sendStatus(code: number): this {
    return this.status(code)
      .type('text')
      .send(STATUS_CODES[code] ?? String(code))
  }

  send(body?: unknown): this {
    if (this.writableEnded) {
      console.warn('This request has been answered already: what is sent now is lost')
      return this
    }
    if (typeof body === 'string') return this.#finish(body, 'text/html; charset=utf-8')
    if (body === undefined) return this.end()
    if (ArrayBuffer.isView(body)) {
      return this.#finish(
        Buffer.from(body.buffer, body.byteOffset, body.byteLength),
        'application/octet-stream',
      )
    }
    return this.json(body)
  }

  json(body: unknown): this {
    if (this.writableEnded) {
      console.warn('This request has been answered already: what is sent now is lost')
      return this
    }
    return this.#finish(JSON.stringify(body) ?? '', 'application/json; charset=utf-8')
  }

  redirect(statusOrUrl: number | string, url?: string): this {
    if (this.headersSent) return this
    this.statusCode = typeof statusOrUrl === 'number' ? statusOrUrl : 302
    this.setHeader(
      'location',
      encodeURI(decoded(typeof statusOrUrl === 'number' ? (url ?? '/') : statusOrUrl)),
    )
    return this.end()
  }

  cookie(name: string, value: string, options: CookieOptions = {}): this {
    if (!this.headersSent) this.appendHeader('set-cookie', serializeCookie(name, value, options))
    return this
  }

  clearCookie(name: string, options: CookieOptions = {}): this {
    return this.cookie(name, '', { ...options, maxAge: 0, expires: new Date(0) })
  }

  /**
   * Sends a body that is there as a whole.
   * @param type its content type, unless one was set; null for none
   */
  answer(body: string | Buffer, type: string | null): void {
    const length = Buffer.byteLength(body)
    if (type === null || this.hasHeader('content-type')) this.setHeader('content-length', length)
    else this.writeHead(this.statusCode, { 'content-type': type, 'content-length': length })
    this.end(body)
  }

  #finish(body: string | Buffer, type: string): this {
    if (this.headersSent) return this.end(body)
    this.answer(body, type)
    return this
  }
}

/** By the names that Express has for them. */
const TYPES = new Map([
  ['json', 'application/json; charset=utf-8'],
  ['html', 'text/html; charset=utf-8'],
  ['text', 'text/plain; charset=utf-8'],
  ['txt', 'text/plain; charset=utf-8'],
  ['xml', 'application/xml; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
])

type HeaderValue = string | number | readonly string[]

function decoded(url: string): string {
  try {
    return decodeURI(url)
  } catch {
    return url
  }
}

const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** `Set-Cookie` by RFC 6265, section 4.1. */
function serializeCookie(name: string, value: string, options: CookieOptions): string {
  if (!COOKIE_NAME.test(name)) throw new TypeError(`Not a cookie name: ${name}`)
  let text = `${name}=${encodeURIComponent(value)}; Path=${attribute(options.path ?? '/')}`
  if (options.maxAge !== undefined) text += `; Max-Age=${Math.trunc(options.maxAge)}`
  if (options.expires) text += `; Expires=${options.expires.toUTCString()}`
  if (options.domain) text += `; Domain=${attribute(options.domain)}`
  if (options.secure) text += '; Secure'
  if (options.httpOnly) text += '; HttpOnly'
  if (options.sameSite) text += `; SameSite=${options.sameSite[0]!.toUpperCase()}${options.sameSite.slice(1)}`
  return text
}

function attribute(value: string): string {
  if (/[;\r\n]/.test(value)) throw new TypeError('A cookie attribute cannot contain ; or line ends')
  return value
}
