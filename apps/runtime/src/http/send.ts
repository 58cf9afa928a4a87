import { sendBytes } from './bytes.ts'
import type { LatheResponse } from './messages.ts'

const stringify = JSON.stringify

export const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'
const BYTES_TYPE = 'application/octet-stream'

/** The visitor went away while an answer was being streamed. */
export class DisconnectedError extends Error {
  constructor() {
    super('The visitor went away')
  }
}

/**
 * Answers with what a function returned.
 * @param isHead the answer goes without its body
 * @returns a promise when the answer is streamed, settled when the stream has ended; it rejects with what the stream
 * threw, or with DisconnectedError
 */
export function send(res: LatheResponse, value: unknown, isHead: boolean): Promise<void> | undefined {
  if (res.writableEnded || res.headersSent) {
    // The function has answered through ctx.response: a stream that it returned nevertheless must not stay open.
    discard(value)
    return undefined
  }
  switch (typeof value) {
    case 'undefined':
      return sendNothing(res)
    case 'string':
      return sendWhole(res, value, TEXT_TYPE)
    case 'object':
      break
    case 'bigint':
      return sendWhole(res, String(value), JSON_TYPE)
    default:
      return sendJson(res, value)
  }
  if (value === null) return sendJson(res, value)
  // The most usual answer by far, and no reason to load the web classes that are asked for below.
  const prototype = Object.getPrototypeOf(value)
  if (
    (prototype === Object.prototype || Array.isArray(value)) &&
    !isAsyncIterable(value) &&
    !isIterator(value)
  ) {
    return sendJson(res, value)
  }
  if (ArrayBuffer.isView(value)) {
    sendBytes(res, Buffer.from(value.buffer, value.byteOffset, value.byteLength))
    return undefined
  }
  if (value instanceof Response) return sendResponse(res, value, isHead)
  if (value instanceof ArrayBuffer) {
    sendBytes(res, Buffer.from(value))
    return undefined
  }
  if (value instanceof Blob) {
    if (!res.hasHeader('content-type')) res.setHeader('content-type', value.type || BYTES_TYPE)
    res.setHeader('content-length', value.size)
    return stream(res, value.stream(), isHead)
  }
  if (value instanceof ReadableStream || isAsyncIterable(value)) return stream(res, value, isHead)
  if (isIterator(value)) return stream(res, value, isHead)
  return sendJson(res, value)
}

function sendNothing(res: LatheResponse): undefined {
  // Something is being piped into the response: it ends by itself.
  if (res.listenerCount('unpipe') > 0) return
  if (res.statusCode === 200) res.statusCode = 204
  res.end()
}

function sendJson(res: LatheResponse, value: unknown): undefined {
  const text = stringify(value)
  if (text === undefined) throw new TypeError(`A ${typeof value} cannot be sent as an answer`)
  sendWhole(res, text, JSON_TYPE)
}

function sendWhole(res: LatheResponse, body: string, type: string): undefined {
  res.answer(body, type)
}

function sendResponse(res: LatheResponse, response: Response, isHead: boolean): Promise<void> | undefined {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of response.headers) if (name !== 'set-cookie') headers[name] = value
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) headers['set-cookie'] = cookies
  // Response.error() has status 0, which HTTP does not have.
  const status = response.status || 502
  // These describe one connection; Node writes its own.
  for (const name of ['connection', 'keep-alive', 'transfer-encoding', 'upgrade']) delete headers[name]
  if (response.statusText && /^[\t\x20-\x7e]*$/.test(response.statusText)) {
    res.writeHead(status, response.statusText, headers)
  } else res.writeHead(status, headers)
  if (response.body === null) {
    res.end()
    return undefined
  }
  if (response.bodyUsed) throw new TypeError('The body of the returned Response has been used already')
  return stream(res, response.body, isHead)
}

type Source = ReadableStream<unknown> | AsyncIterable<unknown> | Iterator<unknown>

async function stream(res: LatheResponse, source: Source, isHead: boolean): Promise<void> {
  if (isHead) {
    discard(source)
    if (!res.headersSent && !res.hasHeader('content-type')) res.setHeader('content-type', BYTES_TYPE)
    res.end()
    return
  }
  // A reader of an event stream learns at once that it is connected.
  if (res.headersSent || res.hasHeader('content-type')) res.flushHeaders()
  const reader = readerOf(source)
  let gone = false
  let interrupt = () => {}
  const onClose = () => {
    if (res.writableFinished) return
    gone = true
    interrupt()
    // Not awaited: a generator that waits for something lets itself be ended only afterwards.
    reader.cancel()
  }
  // Not Promise.race with one promise for all steps: that would gather a reaction per chunk.
  const step = <T>(work: Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      interrupt = () => reject(new DisconnectedError())
      if (gone) interrupt()
      work.then(resolve, reject)
    })
  res.once('close', onClose)
  try {
    for (;;) {
      const { done, value } = await step(reader.next())
      if (done) break
      const chunk = encode(res, value)
      if (chunk.length > 0 && !res.write(chunk)) await step(drained(res))
    }
    res.end()
  } catch (error) {
    reader.cancel()
    throw error
  } finally {
    res.off('close', onClose)
  }
}

interface Reader {
  next(): Promise<{ done?: boolean; value?: unknown }>
  cancel(): void
}

function readerOf(source: Source): Reader {
  if (source instanceof ReadableStream) {
    const reader = source.getReader()
    return {
      next: () => reader.read(),
      cancel: () => void reader.cancel(new DisconnectedError()).catch(() => {}),
    }
  }
  const iterator = isAsyncIterable(source) ? source[Symbol.asyncIterator]() : source
  return {
    next: async () => iterator.next(),
    cancel: () => void (async () => iterator.return?.())().catch(() => {}),
  }
}

/** Ends a stream that nobody is going to read. */
export function discard(value: unknown): void {
  if (value instanceof Response) discard(value.body)
  else if (value instanceof ReadableStream) {
    if (!value.locked) value.cancel().catch(() => {})
  } else if (typeof value === 'object' && value !== null && isAsyncIterable(value)) {
    void (async () => value[Symbol.asyncIterator]().return?.())().catch(() => {})
  }
}

/** The first chunk decides the type of an answer that names none: text, bytes, or one JSON value per line. */
function encode(res: LatheResponse, chunk: unknown): string | Uint8Array {
  const untyped = !res.headersSent && !res.hasHeader('content-type')
  if (typeof chunk === 'string') {
    if (untyped) res.setHeader('content-type', TEXT_TYPE)
    return chunk
  }
  if (ArrayBuffer.isView(chunk) || chunk instanceof ArrayBuffer) {
    if (untyped) res.setHeader('content-type', BYTES_TYPE)
    return chunk instanceof ArrayBuffer
      ? new Uint8Array(chunk)
      : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  if (untyped) res.setHeader('content-type', 'application/x-ndjson; charset=utf-8')
  return `${stringify(chunk) ?? 'null'}\n`
}

function drained(res: LatheResponse): Promise<void> {
  return new Promise((resolve) => res.once('drain', resolve))
}

function isAsyncIterable(value: object): value is AsyncIterable<unknown> {
  return typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] === 'function'
}

function isIterator(value: object): value is Iterator<unknown> {
  return typeof (value as { next?: unknown }).next === 'function' && Symbol.iterator in value
}
