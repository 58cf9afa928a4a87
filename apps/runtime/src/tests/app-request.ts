import { request } from 'node:http'
import { Readable } from 'node:stream'
import type { Upstream } from '@lathe/shared'
import { RUN_TOKEN_HEADER } from '@lathe/shared/headers'

/** Of answers with these, a `Response` may have no body. */
const BODILESS = new Set([101, 204, 205, 304])

/**
 * A request to this very process, by its own socket, as `fetch` would make it.
 * @param runToken with which the process answers from the drafts and files of the run of tests
 */
export async function requestApp(
  upstream: Upstream,
  runToken: string,
  host: string,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  // Gives the method, headers and body that `fetch` would send.
  const asked = new Request(new URL(path.startsWith('/') ? path : `/${path}`, `http://${host}`), {
    ...init,
    ...(init?.body ? { duplex: 'half' } : {}),
  } as RequestInit)
  const body = asked.body ? Buffer.from(await asked.arrayBuffer()) : null
  const { pathname, search } = new URL(asked.url)
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...(upstream.kind === 'unix'
        ? { socketPath: upstream.path }
        : { host: upstream.host, port: upstream.port }),
      method: asked.method,
      path: pathname + search,
      agent: false,
      signal: asked.signal,
      headers: {
        ...Object.fromEntries(asked.headers),
        host,
        [RUN_TOKEN_HEADER]: runToken,
        ...(body ? { 'content-length': body.length } : {}),
      },
    })
    outgoing.on('error', reject)
    outgoing.on('response', (incoming) => {
      const status = incoming.statusCode ?? 200
      const headers = new Headers()
      for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
        headers.append(incoming.rawHeaders[i]!, incoming.rawHeaders[i + 1]!)
      }
      if (BODILESS.has(status)) incoming.resume()
      resolve(
        new Response(BODILESS.has(status) ? null : (Readable.toWeb(incoming) as ReadableStream), {
          status: status === 101 ? 200 : status,
          statusText: incoming.statusMessage ?? '',
          headers,
        }),
      )
    })
    outgoing.end(body ?? undefined)
  })
}
