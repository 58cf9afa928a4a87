import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { REQUEST_ID_HEADER } from '@lathe/shared/headers'
import type { Request } from '@lathe/wire'
import { type FieldName, LatheRequest } from '../messages.ts'
import type { FrameStream } from './frame-stream.ts'

/** The first line of a field. Blanks around the value are left to `trim`, which many of them do not make slow. */
const FIELDS: Record<FieldName, RegExp> = {
  'content-encoding': /^content-encoding:(.*)$/im,
  'content-length': /^content-length:(.*)$/im,
  'content-type': /^content-type:(.*)$/im,
}

/** Node's request, made of a frame instead of parsed: its fields are taken apart when somebody looks at them. */
export class FrameRequest extends LatheRequest {
  readonly #stream: FrameStream
  readonly #request: Request
  #rawHeaders: string[] | null = null

  constructor(stream: FrameStream, request: Request) {
    super(null as unknown as Socket)
    this.#stream = stream
    this.#request = request
    this.httpVersion = '1.1'
    this.httpVersionMajor = 1
    this.httpVersionMinor = 1
    this.method = request.method
    this.url = request.target
    this.complete = !request.hasBody
  }

  override get requestId(): string {
    return this.#request.requestId
  }

  override get runToken(): string | undefined {
    return this.#request.runToken || undefined
  }

  /** Found in the text, as long as nobody has had the fields taken apart (and might have changed them). */
  override field(name: FieldName): string | undefined {
    return this.#rawHeaders ? super.field(name) : FIELDS[name].exec(this.#request.fields)?.[1]?.trim()
  }

  /** It is none of the fields. */
  override hideRunToken(): void {}

  override get hasBody(): boolean {
    return this.#request.hasBody
  }

  /** Bytes of the body. @returns whether more may come at once */
  receive(bytes: Buffer): boolean {
    return this.push(bytes)
  }

  /** The body is complete. */
  finish(): void {
    this.complete = true
    this.push(null)
  }

  override _read(): void {
    if (this.#request.hasBody) this.#stream.giveCredit()
    else this.push(null)
  }

  /** Node's own asks for the socket, whose stand-in is not made for a request that simply came to its end. */
  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.readableEnded && this.complete) done(error)
    else super._destroy(error, done)
  }

  static {
    const { headers, headersDistinct } = Object.getOwnPropertyDescriptors(
      IncomingMessage.prototype,
    ) as Record<string, PropertyDescriptor>
    const parsed = (descriptor: PropertyDescriptor | undefined): PropertyDescriptor => ({
      ...descriptor,
      get(this: FrameRequest) {
        this.#takeFieldsApart()
        return descriptor!.get!.call(this)
      },
    })
    // Node's constructor writes the last two as plain properties.
    Object.defineProperties(FrameRequest.prototype, {
      headers: parsed(headers),
      headersDistinct: parsed(headersDistinct),
      rawHeaders: {
        get(this: FrameRequest) {
          return this.#takeFieldsApart()
        },
        set(this: FrameRequest, list: string[]) {
          if (#stream in this) this.#rawHeaders = list
        },
      },
      socket: {
        get(this: FrameRequest) {
          return this.#stream.socket
        },
        set() {},
      },
    })
  }

  #takeFieldsApart(): string[] {
    if (this.#rawHeaders) return this.#rawHeaders
    const list: string[] = []
    const { fields, requestId } = this.#request
    let from = 0
    for (let end = fields.indexOf('\r\n'); end >= 0; end = fields.indexOf('\r\n', from)) {
      const colon = fields.indexOf(':', from)
      if (colon > from && colon < end)
        list.push(fields.slice(from, colon), fields.slice(colon + 1, end).trim())
      from = end + 2
    }
    list.push(REQUEST_ID_HEADER, requestId)
    this.#rawHeaders = list
    // What Node's parser calls, with trailers when the message is complete.
    const { complete } = this
    this.complete = false
    ;(this as unknown as NodeParts)._addHeaderLines(list, list.length)
    this.complete = complete
    return list
  }
}

interface NodeParts {
  _addHeaderLines(list: string[], length: number): void
}
