import type { IncomingMessage } from 'node:http'

/**
 * The request as the web's standard has it.
 * @param body bytes that have been read already, a stream of what is still to come, or null
 */
export function webRequestOf(
  req: IncomingMessage,
  body: Buffer | ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
): Request {
  const headers = new Headers()
  const { rawHeaders } = req
  for (let i = 0; i < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  const forwarded = headers.get('x-forwarded-proto')
  const protocol = forwarded === 'https' ? 'https' : 'http'
  const host = headers.get('x-forwarded-host') ?? headers.get('host') ?? 'localhost'
  const method = req.method ?? 'GET'
  const init: RequestInit & { duplex?: 'half' } = { method, headers, signal }
  if (body !== null && method !== 'GET' && method !== 'HEAD') {
    init.body = body as NonNullable<RequestInit['body']>
    init.duplex = 'half'
  }
  let url: URL
  try {
    url = new URL(req.url ?? '/', `${protocol}://${host}`)
  } catch {
    url = new URL(req.url ?? '/', 'http://localhost')
  }
  // A path of the form //host/ must not choose another host.
  if ((req.url ?? '').startsWith('//')) url = new URL(`http://localhost${req.url}`)
  return new Request(url, init)
}
