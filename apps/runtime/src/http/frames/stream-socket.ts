import { Duplex } from 'node:stream'
import type { FrameStream } from './frame-stream.ts'

/**
 * What stands for a connection behind Node's request and response objects: what is written to it are the bytes of an
 * answer in HTTP/1.1. Nothing can be read from it, since the request comes as an object.
 */
export class StreamSocket extends Duplex {
  readonly remoteAddress = undefined
  readonly encrypted = false
  readonly #stream: FrameStream

  constructor(stream: FrameStream) {
    super({ emitClose: true })
    this.#stream = stream
    this.on('error', () => {})
  }

  setTimeout(_ms: number, _listener?: () => void): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setNoDelay(): this {
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#stream.send([chunk], done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#stream.send(
      chunks.map(({ chunk }) => chunk),
      done,
    )
  }

  override _final(done: () => void): void {
    this.#stream.end()
    done()
  }

  override _destroy(_error: Error | null, done: (error: Error | null) => void): void {
    this.#stream.reset()
    done(null)
  }
}
