import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { recordCall } from '../audit/record.ts'
import { limitsOfAccount } from '../auth/guess-limits.ts'
import { type GuessLimit, TooManyGuesses } from '../auth/guesses.ts'
import { isFromConsole } from '../auth/origin.ts'
import { logRefusal, noteWrongPassword } from '../auth/wrong-passwords.ts'
import type { Caller, RequestContext } from '../request-context.ts'
import { type AuthEndpoint, authEndpoints } from './auth-endpoints.ts'
import { type HttpErrorName, httpError, httpStatus } from './errors.ts'

const BODY_BYTES = 64 * 1024
type ContextOf = (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>

/** Signing in and out, second factors and passkeys, by better-auth. */
export async function authRoutes(
  server: FastifyInstance,
  { contextOf }: { contextOf: ContextOf },
): Promise<void> {
  server.removeContentTypeParser(['application/json', 'text/plain'])
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: BODY_BYTES },
    (_request, body, done) => done(null, body),
  )
  for (const endpoint of authEndpoints) {
    server.route({
      method: endpoint.method,
      url: `/api/auth${endpoint.path}`,
      handler: async (request, reply) => answer(endpoint, request, reply, await contextOf(request, reply)),
    })
  }
}

async function answer(
  endpoint: AuthEndpoint,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: RequestContext,
): Promise<FastifyReply> {
  const { auth, env, guesses, singleSignOn } = asked.context
  const refuse = (name: HttpErrorName) => reply.status(httpStatus(name)).send(httpError(name, request.id))
  if (!mayCall(endpoint, request, env.LATHE_CONSOLE_URL)) return refuse('BAD_ORIGIN')
  const by = endpoint.singleSignOn ? await singleSignOn.auth() : auth
  if (!by) return refuse('SERVICE_UNAVAILABLE')
  try {
    const response = await guesses.attempt(
      limitsOf(endpoint, request, asked),
      () => by.handler(toWebRequest(request, env.LATHE_CONSOLE_URL)),
      ({ status }) => status >= 400 && status < 500,
    )
    await record(endpoint, request, asked, response)
    await send(reply, response)
    if (endpoint.guesses === 'typed' && response.status === 401) {
      await noteWrongPassword(asked, textIn(request.body, 'email'))
    }
    return reply
  } catch (error) {
    if (!(error instanceof TooManyGuesses)) throw error
    if (endpoint.guesses === 'typed') logRefusal(asked, textIn(request.body, 'email'), 'too many')
    reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
    return refuse('TOO_MANY_REQUESTS')
  }
}

/** A browser has to be sent by the console; only the identity provider sends people from elsewhere. */
function mayCall({ method, path }: AuthEndpoint, { headers }: FastifyRequest, consoleUrl: string): boolean {
  const isBrowser = headers.cookie !== undefined || headers.origin !== undefined
  return path.startsWith('/callback/') || !isBrowser || isFromConsole(headers, consoleUrl, method)
}

function limitsOf(endpoint: AuthEndpoint, request: FastifyRequest, asked: RequestContext): GuessLimit[] {
  if (endpoint.guesses === 'typed') return limitsOfAccount(textIn(request.body, 'email'), asked.address)
  if (endpoint.guesses === 'own' && asked.caller) return limitsOfAccount(asked.caller.email, asked.address)
  return []
}

/** Writes down what was done to an account, once it was: whose it is, the old session or the new one says. */
async function record(
  { audit }: AuthEndpoint,
  request: FastifyRequest,
  asked: RequestContext,
  response: Response,
): Promise<void> {
  if (!audit) return
  const caller = (await newCaller(response, asked)) ?? asked.caller
  if (!caller || caller.token || (!asked.caller && response.status >= 400)) return
  const outcome = response.status < 400 ? 'ok' : 'FORBIDDEN'
  const input = { name: textIn(request.body, 'name'), id: textIn(request.body, 'id') }
  const named = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== ''))
  await recordCall({ ...asked, caller, teamId: null, app: null }, audit, named, outcome, null)
}

/** Who is signed in by the cookies that were just given out. */
async function newCaller(response: Response, asked: RequestContext): Promise<Caller | null> {
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.slice(0, one.indexOf(';')))
    .join('; ')
  return cookie ? asked.resolveCaller({ cookie }) : null
}

function textIn(body: unknown, key: string): string {
  try {
    const value: unknown = JSON.parse(String(body))[key]
    return typeof value === 'string' ? value : ''
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
