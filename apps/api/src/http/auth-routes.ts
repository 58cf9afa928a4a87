import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { limitsOfAccount } from '../auth/guess-limits.ts'
import { type GuessLimit, TooManyGuesses } from '../auth/guesses.ts'
import { isFromConsole } from '../auth/origin.ts'
import type { Context } from '../context.ts'
import { addressOf } from './address.ts'
import { httpError } from './errors.ts'

const BODY_BYTES = 64 * 1024

/**
 * better-auth's endpoints that the console uses. The others that it has are not reachable: what they do is not ours to
 * vouch for.
 */
const endpoints = ['POST /sign-in/email', 'POST /sign-out'] as const

/** Signing in and out, by better-auth. */
export async function authRoutes(server: FastifyInstance, { context }: { context: Context }): Promise<void> {
  const { auth, env, guesses } = context
  server.removeContentTypeParser(['application/json', 'text/plain'])
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_BYTES },
    (_request, body, done) => done(null, body),
  )
  for (const endpoint of endpoints) {
    const [method, path] = endpoint.split(' ') as ['POST', string]
    server.route({
      method,
      url: `/api/auth${path}`,
      handler: async (request, reply) => {
        if (method === 'POST' && !mayChange(request, env.LATHE_CONSOLE_URL)) {
          return reply.status(403).send(httpError('BAD_ORIGIN', request.id))
        }
        const limits = limitsOf(path, request)
        try {
          const response = await guesses.attempt(
            limits,
            () => auth.handler(toWebRequest(request, env.LATHE_CONSOLE_URL)),
            ({ status }) => status >= 400 && status < 500,
          )
          return await send(reply, response)
        } catch (error) {
          if (!(error instanceof TooManyGuesses)) throw error
          reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
          return reply.status(429).send(httpError('TOO_MANY_REQUESTS', request.id))
        }
      },
    })
  }
}

function mayChange({ headers, method }: FastifyRequest, consoleUrl: string): boolean {
  const isBrowser = headers.cookie !== undefined || headers.origin !== undefined
  return !isBrowser || isFromConsole(headers, consoleUrl, method)
}

/** What the request guesses at, if it does. */
function limitsOf(path: string, request: FastifyRequest): GuessLimit[] {
  if (path !== '/sign-in/email') return []
  return limitsOfAccount(emailIn(request.body), addressOf(request))
}

function emailIn(body: unknown): string {
  try {
    const { email } = JSON.parse(String(body))
    return String(email)
  } catch {
    return '' // better-auth says what is wrong with it
  }
}

async function send(reply: FastifyReply, response: Response): Promise<FastifyReply> {
  reply.status(response.status)
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') reply.header(name, value)
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
  return reply.send(response.body === null ? null : Buffer.from(await response.arrayBuffer()))
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
