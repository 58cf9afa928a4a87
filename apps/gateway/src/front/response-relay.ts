import type { Cors } from '@lathe/shared'
import { BodyMeter } from '../http/body-meter.ts'
import { framedHead } from '../http/framed-head.ts'
import { CHUNKED, type RequestHead } from '../http/request-head.ts'
import { parseResponseHead, type ResponseHead, UNTIL_CLOSE } from '../http/response-head.ts'
import type { ClientConnection } from './client-connection.ts'
import { type Coding, Compression, codingFor, compressedFields } from './compression.ts'
import { corsFields } from './cors.ts'

export interface RelayOptions {
  client: ClientConnection
  request: RequestHead
  requestId: string
  /** What the gateway says to other origins in the app's name. */
  cors: Cors | null
  drains: DrainListener
}

export interface DrainListener {
  /** The compression, which had been full, takes more. */
  onCompressionDrain(): void
}

/** What a relay says after it was fed: it wants more, it is complete, it was not HTTP, or it became a tunnel. */
export type Progress = 'more' | 'done' | 'broken' | 'tunnel'

const MAX_INTERIM = 16
/** Up to this size a head and its body are written as one string: one copy, one system call. */
const ONE_WRITE_BYTES = 16 * 1024

/** Reads one answer from an upstream and passes it on to the client as it comes. */
export class ResponseRelay {
  /** The final head, once it was passed on. */
  response: ResponseHead | null = null
  /** Something was received: the request must not be sent again. */
  begun = false
  /** The upstream sent bytes beyond its answer: it is out of step. */
  excess = false
  /** The client's socket is full: feed no more until it drains. */
  blocked = false
  /** The body is compressed on its way; it ends later than the upstream's. */
  compression: Compression | null = null
  readonly #client: ClientConnection
  readonly #cors: Cors | null
  readonly #drains: DrainListener
  readonly #request: RequestHead
  readonly #requestId: string
  #partial: Buffer | null = null
  #meter: BodyMeter | null = null
  #interims = 0

  constructor({ client, request, requestId, cors, drains }: RelayOptions) {
    this.#client = client
    this.#request = request
    this.#requestId = requestId
    this.#cors = cors
    this.#drains = drains
  }

  /** The client's connection can serve another request after this answer. */
  get keepAlive(): boolean {
    return this.#request.keepAlive && this.response !== null && this.response.bodyLength !== UNTIL_CLOSE
  }

  /** @param bytes only valid until this returns */
  feed(bytes: Buffer): Progress {
    this.begun = true
    if (this.#meter) return this.#body(this.#meter, bytes)
    let rest = this.#partial ? Buffer.concat([this.#partial, bytes]) : bytes
    this.#partial = null
    const limit = this.#client.context.limits.responseHeadBytes
    while (rest.length > 0) {
      const end = rest.indexOf('\r\n\r\n', 0, 'latin1')
      if (end > limit || (end < 0 && rest.length > limit)) return 'broken'
      if (end < 0) {
        this.#partial = Buffer.from(rest)
        return 'more'
      }
      const head = parseResponseHead(
        rest.toString('latin1', 0, end + 2),
        this.#request.method,
        this.#request.upgrade,
      )
      if (!head) return 'broken'
      rest = rest.subarray(end + 4)
      if (head.status >= 200 || head.status === 101) return this.#begin(head, rest)
      if (++this.#interims > MAX_INTERIM) return 'broken'
      if (head.status === 100) this.#client.noteContinue()
      if (!this.#request.http10) this.#client.write(`HTTP/1.1 ${head.statusLine}\r\n${head.fields}\r\n`)
    }
    return 'more'
  }

  /**
   * Passes on a whole answer.
   * @param fields not checked yet; without Content-Length and Date
   * @param body only valid until this returns
   */
  answer(status: number, fields: string, body: Buffer): Progress {
    const { method } = this.#request
    this.begun = true
    const head = framedHead(status, fields, { method, length: body.length, now: this.#client.context.now })
    if (!head) return 'broken'
    return this.#begin(head, head.bodyLength === 0 ? body.subarray(0, 0) : body)
  }

  /** The upstream closed its connection. @returns whether that was the proper end of the answer */
  endsByClose(): boolean {
    return this.response?.bodyLength === UNTIL_CLOSE
  }

  #begin(head: ResponseHead, body: Buffer): Progress {
    // An HTTP/1.0 client cannot read chunked coding; a proper server does not answer it so.
    if (this.#request.http10 && head.bodyLength === CHUNKED) return 'broken'
    const coding = codingFor(this.#request, head)
    if (coding) return this.#beginCompressed(head, body, coding)
    const meter = new BodyMeter(head.bodyLength)
    const end = meter.feed(body, 0)
    if (end < 0) return 'broken'
    this.response = head
    const text = this.#headText(
      head,
      coding === null ? `${head.fields}vary: accept-encoding\r\n` : head.fields,
    )
    if (head.status === 101) {
      this.#client.write(text + body.toString('latin1'))
      return 'tunnel'
    }
    if (end <= ONE_WRITE_BYTES) {
      this.blocked = !this.#client.write(end === 0 ? text : text + body.toString('latin1', 0, end))
    } else {
      this.#client.socket.cork()
      this.#client.write(text)
      this.blocked = !this.#client.writeCopy(body.subarray(0, end))
      this.#client.socket.uncork()
    }
    return this.#after(meter, end < body.length)
  }

  #beginCompressed(head: ResponseHead, body: Buffer, coding: Coding): Progress {
    this.response = head
    this.compression = new Compression(this.#client, coding, head.bodyLength < 0, () =>
      this.#drains.onCompressionDrain(),
    )
    this.#client.write(
      this.#headText(head, `${compressedFields(head.fields, coding)}vary: accept-encoding\r\n`),
    )
    return this.#body(new BodyMeter(head.bodyLength), body)
  }

  #headText(head: ResponseHead, fields: string): string {
    const connection = head.status === 101 ? 'connection: Upgrade\r\n' : this.#closeField()
    const cors = this.#cors && !head.ownCors ? corsFields(this.#cors, this.#request) : ''
    return `HTTP/1.1 ${head.statusLine}\r\n${fields}${cors}x-request-id: ${this.#requestId}\r\n${connection}\r\n`
  }

  #closeField(): string {
    return this.keepAlive && !this.#client.context.draining ? '' : 'connection: close\r\n'
  }

  #body(meter: BodyMeter, bytes: Buffer): Progress {
    const { compression } = this
    let room = true
    const end = compression
      ? meter.feed(bytes, 0, (part) => {
          room = compression.write(part)
        })
      : meter.feed(bytes, 0)
    if (end < 0) return 'broken'
    this.blocked = compression ? !room : !this.#client.writeCopy(bytes.subarray(0, end))
    return this.#after(meter, end < bytes.length)
  }

  #after(meter: BodyMeter, excess: boolean): Progress {
    this.#meter = meter
    if (!meter.done) return 'more'
    this.excess = excess
    return 'done'
  }
}
