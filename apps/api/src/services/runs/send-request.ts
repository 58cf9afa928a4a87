import { request as httpRequest, type IncomingMessage } from 'node:http'
import {
  type Method,
  REQUEST_ID_HEADER,
  RUN_TOKEN_HEADER,
  type RunEvent,
  type RunResponse,
  runLimits,
  type Upstream,
} from '@lathe/shared'
import type { Context } from '../../context.ts'
import { Refusal } from '../../refusal.ts'

/** It began, and did not come to its end. */
export class BrokenAnswer extends Refusal<'RUNTIME_UNAVAILABLE'> {
  constructor() {
    super(
      'RUNTIME_UNAVAILABLE',
      'The answer broke off: what wrote it failed, or its runtime ended. What came until then is shown.',
    )
  }
}

/** A request in which nothing is left to be decided: see sendable.ts. */
export interface Sendable {
  method: Method
  /** Path and query under the function, as they stand in the request's first line. */
  target: string
  headers: Record<string, string>
  body: Buffer | null
}

/** Who wants the answer while it comes. */
export interface ResponseReader {
  head(head: ResponseHead): void
  /** Nothing more is read before this resolves. */
  chunk(bytes: Buffer): Promise<void>
}

type ResponseHead = Extract<RunEvent, { type: 'head' }>['head']

/**
 * Sends the run's request the way a visitor's comes: through the gateway, to the app's host.
 * @param target `upstream`: a runtime of its own that the gateway knows nothing of
 */
export function sendRequest(
  { env }: Context,
  target: { appid: string; name: string; runToken: string; upstream?: Upstream | undefined },
  { method, target: path, headers, body }: Sendable,
  signal: AbortSignal,
  reader?: ResponseReader,
): Promise<RunResponse> {
  const gateway = new URL(`http://${env.LATHE_GATEWAY_ADDRESS}`)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      ...addressOf(target.upstream ?? { kind: 'tcp', host: gateway.hostname, port: Number(gateway.port) }),
      method,
      path: `/${target.name}${path}`,
      headers: {
        ...headers,
        host: `${target.appid}.${env.LATHE_APPS_DOMAIN}`,
        [RUN_TOKEN_HEADER]: target.runToken,
        ...(body === null ? {} : { 'content-length': body.length }),
      },
      agent: false,
      signal,
    })
    const failed = (error: NodeJS.ErrnoException) => {
      const message = `The request did not get through to the function (${error.code ?? error.message}).`
      reject(new Refusal('RUNTIME_UNAVAILABLE', message))
    }
    outgoing.on('error', failed)
    outgoing.on('response', (incoming) => {
      const head = { ...headOf(incoming), firstByteMs: round(performance.now() - startedAt) }
      reader?.head(head)
      const read = reader ? passOn(incoming, reader) : readWhole(incoming)
      read.then(
        (body) => {
          if (body.truncated) outgoing.destroy()
          resolve({ ...head, ...body, durationMs: round(performance.now() - startedAt) })
        },
        () => reject(new BrokenAnswer()),
      )
    })
    outgoing.end(body ?? undefined)
  })
}

function addressOf(upstream: Upstream) {
  return upstream.kind === 'unix'
    ? { socketPath: upstream.path }
    : { host: upstream.host.replace(/^\[|\]$/g, ''), port: upstream.port }
}

type ReadBody = Pick<RunResponse, 'body' | 'bodyEncoding' | 'size' | 'truncated'>

/** Of longer answers the first part is taken. */
async function readWhole(incoming: IncomingMessage): Promise<ReadBody> {
  const chunks: Buffer[] = []
  const read = await readUpTo(incoming, runLimits.wholeBytes, async (chunk) => void chunks.push(chunk))
  return { ...decoded(Buffer.concat(chunks), read.truncated), ...read }
}

async function passOn(incoming: IncomingMessage, { chunk }: ResponseReader): Promise<ReadBody> {
  return { body: '', bodyEncoding: 'utf8', ...(await readUpTo(incoming, runLimits.streamedBytes, chunk)) }
}

/** @returns how much came, and whether that was more than the limit */
async function readUpTo(incoming: IncomingMessage, limit: number, take: (chunk: Buffer) => Promise<void>) {
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    const room = limit - size
    size += chunk.length
    await take(chunk.length > room ? chunk.subarray(0, room) : chunk)
    if (size > limit) break
  }
  return { size, truncated: size > limit }
}

function decoded(bytes: Buffer, truncated: boolean): Pick<RunResponse, 'body' | 'bodyEncoding'> {
  try {
    // Cut in the middle of a character, a text is still a text.
    const body = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: truncated,
    })
    return { body, bodyEncoding: 'utf8' }
  } catch {
    return { body: bytes.toString('base64'), bodyEncoding: 'base64' }
  }
}

function headOf({ statusCode = 0, statusMessage = '', rawHeaders, headers }: IncomingMessage) {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) pairs.push([rawHeaders[i]!, rawHeaders[i + 1]!])
  const requestId = headers[REQUEST_ID_HEADER]
  return {
    status: statusCode,
    statusText: statusMessage,
    headers: pairs,
    requestId: typeof requestId === 'string' ? requestId : '',
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
