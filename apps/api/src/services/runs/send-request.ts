import {
  request as httpRequest,
  type IncomingMessage,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http'
import {
  REQUEST_ID_HEADER,
  RUN_TOKEN_HEADER,
  type RunResponse,
  type runRequestSchema,
  type Upstream,
} from '@lathe/shared'
import type { z } from 'zod'
import type { Context } from '../../context.ts'
import { Refusal } from '../../refusal.ts'

/** Of longer answers the first part is shown. */
const BODY_BYTES = 8 * 1024 * 1024
/** Set by the connection itself, or not to be forged. */
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  RUN_TOKEN_HEADER,
])

export type RunRequestInput = z.infer<typeof runRequestSchema>

/** @throws Refusal INVALID_INPUT for what cannot stand in a request */
export function checkedHeaders({ headers, body }: RunRequestInput): Record<string, string> {
  const checked: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (OWN_HEADERS.has(lower)) continue
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      const message = `${JSON.stringify(name)} is not a valid header.`
      throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'request.headers', message }] })
    }
    checked[lower] = value
  }
  if (body !== null && checked['content-type'] === undefined) checked['content-type'] = 'application/json'
  return checked
}

/**
 * Sends the run's request the way a visitor's comes: through the gateway, to the app's host.
 * @param target `upstream`: a runtime of its own that the gateway knows nothing of
 */
export function sendRequest(
  { env }: Context,
  target: { appid: string; name: string; runToken: string; upstream?: Upstream | undefined },
  request: RunRequestInput,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<RunResponse> {
  const gateway = new URL(`http://${env.LATHE_GATEWAY_ADDRESS}`)
  const body = request.body === null ? null : Buffer.from(request.body, request.bodyEncoding)
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({
      ...addressOf(target.upstream ?? { kind: 'tcp', host: gateway.hostname, port: Number(gateway.port) }),
      method: request.method,
      path: `/${target.name}${pathOf(request)}`,
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
      const firstByteMs = performance.now() - startedAt
      readBody(incoming, outgoing.destroy.bind(outgoing)).then((read) => {
        const durationMs = performance.now() - startedAt
        resolve({
          ...headOf(incoming),
          ...read,
          firstByteMs: round(firstByteMs),
          durationMs: round(durationMs),
        })
      }, failed)
    })
    outgoing.end(body ?? undefined)
  })
}

function addressOf(upstream: Upstream) {
  return upstream.kind === 'unix'
    ? { socketPath: upstream.path }
    : { host: upstream.host.replace(/^\[|\]$/g, ''), port: upstream.port }
}

function pathOf({ path, query }: RunRequestInput): string {
  const rest = path === '' || path.startsWith('/') ? path : `/${path}`
  const text = typeof query === 'string' ? query.replace(/^\?/, '') : new URLSearchParams(query).toString()
  const raw = text === '' ? rest : `${rest}?${text}`
  // What a URL cannot hold is escaped, as a browser's address bar does it.
  return raw.replace(/[^\x21-\x7e]|["<>\\^`{|}#]/gu, (char) => encodeURIComponent(char.toWellFormed()))
}

async function readBody(incoming: IncomingMessage, stop: () => void) {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    chunks.push(chunk)
    if (size > BODY_BYTES) break
  }
  const truncated = size > BODY_BYTES
  if (truncated) stop()
  const bytes = Buffer.concat(chunks).subarray(0, BODY_BYTES)
  return { ...decoded(bytes, truncated), size, truncated }
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
