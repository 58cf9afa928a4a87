import { constants, createBrotliCompress, createGzip } from 'node:zlib'
import type { RequestHead } from '../http/request-head.ts'
import type { ResponseHead } from '../http/response-head.ts'
import { acceptedCodings, fieldValue, withoutFields } from '../http/syntax.ts'
import type { ClientConnection } from './client-connection.ts'

export type Coding = 'br' | 'gzip'

const GZIP_LEVEL = 5
/** Brotli's fast range: a tenth smaller than gzip at the same cost. */
const BROTLI_QUALITY = 4
const REPLACED = ['accept-ranges', 'content-length', 'etag', 'trailer', 'transfer-encoding']

/**
 * Whether an answer is worth compressing.
 * @returns false; or the coding that the client prefers among ours, null when it takes none
 */
export function codingFor(request: RequestHead, response: ResponseHead): Coding | null | false {
  if (!response.compressible || request.http10) return false
  const accepted = acceptedCodings(fieldValue(request.fields, 'accept-encoding'))
  return (['br', 'gzip'] as const).find((coding) => accepted.includes(coding)) ?? null
}

/** The fields of an answer whose body is compressed here; a strong ETag becomes weak, as other bytes are sent. */
export function compressedFields(fields: string, coding: Coding): string {
  const etag = fieldValue(fields, 'etag')
  return (
    withoutFields(fields, REPLACED) +
    (etag === undefined ? '' : `etag: ${etag.startsWith('W/') ? etag : `W/${etag}`}\r\n`) +
    `content-encoding: ${coding}\r\ntransfer-encoding: chunked\r\n`
  )
}

/** Compresses a body on its way to a client, with back-pressure on both sides. */
export class Compression {
  readonly #client: ClientConnection
  readonly #stream: ReturnType<typeof createGzip>

  /**
   * @param streamed the app sends its body in parts as they come: each is passed on at once
   * @param onDrain called when more may be written after `write` said false
   */
  constructor(client: ClientConnection, coding: Coding, streamed: boolean, onDrain: () => void) {
    this.#client = client
    this.#stream =
      coding === 'gzip'
        ? createGzip({ level: GZIP_LEVEL, flush: streamed ? constants.Z_SYNC_FLUSH : constants.Z_NO_FLUSH })
        : createBrotliCompress({
            params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY },
            flush: streamed ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_PROCESS,
          })
    this.#stream
      .on('data', (bytes: Buffer) => this.#send(bytes))
      .on('drain', onDrain)
      // Only a destroyed stream fails, and then nobody waits for it.
      .on('error', () => {})
  }

  /** @param payload only valid until this returns */
  write(payload: Buffer): boolean {
    return this.#stream.write(Buffer.from(payload))
  }

  /** Sends what is left; `done` follows when all is written to the client. */
  end(done: () => void): void {
    this.#stream.once('end', () => {
      this.#client.write('0\r\n\r\n')
      done()
    })
    this.#stream.end()
  }

  resume(): void {
    this.#stream.resume()
  }

  destroy(): void {
    this.#stream.destroy()
  }

  #send(bytes: Buffer): void {
    const { socket } = this.#client
    socket.cork()
    this.#client.write(`${bytes.length.toString(16)}\r\n`)
    this.#client.write(bytes)
    const room = this.#client.write('\r\n')
    socket.uncork()
    if (!room) this.#stream.pause()
  }
}
