import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isFromConsole } from '../auth/origin.ts'
import type { Context } from '../context.ts'
import { httpError } from './errors.ts'

const BODY_BYTES = 64 * 1024

/** better-auth's own endpoints: sign-in, sign-out, session, password, team membership. */
export async function authRoutes(server: FastifyInstance, { context }: { context: Context }): Promise<void> {
  const { auth, env } = context
  server.removeContentTypeParser('application/json')
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_BYTES },
    (_request, body, done) => done(null, body),
  )
  server.route({
    method: ['GET', 'POST'],
    url: '/api/auth/*',
    handler: async (request, reply) => {
      const { headers, method } = request
      const isChange = method !== 'GET' && (headers.cookie !== undefined || headers.origin !== undefined)
      if (isChange && !isFromConsole(headers, env.LATHE_CONSOLE_URL, method)) {
        return reply.status(403).send(httpError('BAD_ORIGIN', request.id))
      }
      const response = await auth.handler(toWebRequest(request, env.LATHE_CONSOLE_URL))
      reply.status(response.status)
      for (const [name, value] of response.headers) {
        if (name !== 'set-cookie') reply.header(name, value)
      }
      const cookies = response.headers.getSetCookie()
      if (cookies.length > 0) reply.header('set-cookie', cookies)
      return reply.send(response.body === null ? null : Buffer.from(await response.arrayBuffer()))
    },
  })
}

function toWebRequest({ url, method, headers, body }: FastifyRequest, consoleUrl: string): Request {
  const copy = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) copy.append(name, one)
  }
  const init: RequestInit = { method, headers: copy }
  if (typeof body === 'string') init.body = body
  return new Request(new URL(url, consoleUrl), init)
}
