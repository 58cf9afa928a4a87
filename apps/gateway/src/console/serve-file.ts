import { open, readFile } from 'node:fs/promises'
import { answerHead } from '../front/answer.ts'
import type { ClientConnection } from '../front/client-connection.ts'
import type { RequestHandler } from '../front/handler.ts'
import { GatewayError } from '../http/errors.ts'
import type { RequestHead } from '../http/request-head.ts'
import { acceptedCodings, fieldValue } from '../http/syntax.ts'
import type { ConsoleFile } from './console-files.ts'
import { pageFields } from './security-headers.ts'

const READ_BYTES = 64 * 1024

/** Answers a request for one of the console's files. */
export function serveFile(client: ClientConnection, head: RequestHead): RequestHandler {
  const answer = new FileAnswer(client, head)
  void answer.run()
  return answer
}

class FileAnswer implements RequestHandler {
  readonly #client: ClientConnection
  readonly #head: RequestHead
  readonly #requestId: string
  readonly #startedAt = performance.now()
  #gone = false
  #drained: (() => void) | null = null

  constructor(client: ClientConnection, head: RequestHead) {
    this.#client = client
    this.#head = head
    this.#requestId = client.context.nextRequestId()
    client.context.inFlight++
  }

  onRequestBody(): void {}

  onClientGone(): void {
    this.#gone = true
    this.#drained?.()
  }

  onClientDrain(): void {
    this.#drained?.()
  }

  onTimedOut(): void {}
  onShutdown(): void {}

  check(): void {}

  async run(): Promise<void> {
    let status = 500
    try {
      status = await this.#answer()
    } catch {
      // A file that vanished while it was read: what was promised cannot be sent.
      this.#gone = true
      this.#client.abort()
    }
    this.#client.context.inFlight--
    this.#client.context.accessLog({
      requestId: this.#requestId,
      method: this.#head.method,
      host: this.#head.host,
      target: this.#head.target,
      appid: null,
      status: this.#gone ? 0 : status,
      startedAt: this.#startedAt,
    })
    if (!this.#gone) this.#client.finish(this.#keepAlive)
  }

  get #keepAlive(): boolean {
    return this.#head.keepAlive && !this.#client.context.draining
  }

  async #answer(): Promise<number> {
    if (this.#head.method !== 'GET' && this.#head.method !== 'HEAD') {
      return this.#problem(
        new GatewayError(405, 'METHOD_NOT_ALLOWED', 'The console is read by GET and HEAD.'),
      )
    }
    const path = decodedPath(this.#head.target)
    const file = path === null ? undefined : await this.#client.context.files.find(path)
    if (!file) return this.#problem(new GatewayError(404, 'NOT_FOUND', 'The console has no such file.'))
    const { coding, variant } = choose(file, fieldValue(this.#head.fields, 'accept-encoding'))
    const etag = coding === '' ? file.etag : `${file.etag.slice(0, -1)}-${coding}"`
    const shared =
      `etag: ${etag}\r\nvary: accept-encoding\r\n` +
      `cache-control: ${file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache'}\r\n${this.#client.context.files.fields}`
    if (matches(fieldValue(this.#head.fields, 'if-none-match'), etag)) return this.#write(304, shared)
    const page = file.html
      ? pageFields(await readFile(file.variants.get('')!.path, 'utf8'), this.#client.context.files.sockets)
      : ''
    const fields =
      `content-type: ${file.type}\r\ncontent-length: ${variant.size}\r\n` +
      (coding === '' ? '' : `content-encoding: ${coding}\r\n`) +
      page +
      shared
    this.#write(200, fields)
    if (this.#head.method === 'GET') await this.#stream(variant.path, variant.size)
    return 200
  }

  #write(status: number, fields: string, body = ''): number {
    if (!this.#gone) this.#client.write(answerHead(status, fields, this.#requestId, !this.#keepAlive) + body)
    return status
  }

  #problem(error: GatewayError): number {
    const body = Buffer.from(error.body(this.#requestId))
    const fields = `content-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n${this.#client.context.files.fields}`
    return this.#write(error.status, fields, this.#head.method === 'HEAD' ? '' : body.toString('latin1'))
  }

  async #stream(path: string, size: number): Promise<void> {
    await using file = await open(path)
    let sent = 0
    while (sent < size && !this.#gone) {
      const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, size - sent))
      const { bytesRead } = await file.read(buffer, 0, buffer.length, sent)
      if (bytesRead === 0) throw new Error('file is shorter than it was')
      sent += bytesRead
      if (this.#gone || this.#client.write(buffer.subarray(0, bytesRead))) continue
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
      this.#drained = null
    }
  }
}

/** The path of a request target, decoded once; null when it can name neither a file nor a page. */
function decodedPath(target: string): string | null {
  try {
    const path = decodeURIComponent(target.split(/[?#]/, 1)[0]!)
    return /(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(path) ? null : path
  } catch {
    return null
  }
}

function choose(file: ConsoleFile, accepted: string | undefined) {
  const codings = acceptedCodings(accepted)
  for (const coding of ['br', 'gzip'] as const) {
    const variant = file.variants.get(coding)
    if (variant && codings.includes(coding)) return { coding, variant }
  }
  return { coding: '' as const, variant: file.variants.get('')! }
}

/** If-None-Match with weak comparison (RFC 9110, 13.1.2). */
function matches(condition: string | undefined, etag: string): boolean {
  if (!condition) return false
  return condition === '*' || condition.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
}
