import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { resolveCaller } from '../auth/caller.ts'
import { isFromConsole } from '../auth/origin.ts'
import type { Context } from '../context.ts'
import type { RequestContext } from '../request-context.ts'
import { type AppRouter, appRouter } from '../routers/app-router.ts'
import { addressOf } from './address.ts'
import { auditRoutes } from './audit-routes.ts'
import { authRoutes } from './auth-routes.ts'
import { handleErrors, httpError } from './errors.ts'
import { healthRoutes } from './health-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { openapiRoutes } from './openapi-routes.ts'
import { operatorRoutes } from './operator-routes.ts'
import { testsRoutes } from './tests-routes.ts'
import { typesRoutes } from './types-routes.ts'

/** A run's request body of `limits.bodyBytes`, escaped as JSON, and a source beside it. */
const BODY_BYTES = 24 * 1024 * 1024
const STREAMS_GRACE_MS = 1_000
const KEEP_ALIVE_MS = 60_000

declare module 'fastify' {
  interface FastifyRequest {
    /** `performance.now()` when the head was read. */
    arrivedAt: number
  }
}

/** The public API on its Unix socket; only the gateway comes here. */
export async function listenHttp(context: Context): Promise<AsyncDisposable> {
  const { env, log } = context
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID()
    },
  })
  server.decorateRequest('arrivedAt', 0)
  server.addHook('onRequest', async (request, reply) => {
    request.arrivedAt = performance.now()
    reply.header('x-request-id', request.id)
  })
  server.addHook('onResponse', async (request, reply) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        path: pathOf(request.url),
        status: reply.statusCode,
        ms: Math.round((performance.now() - request.arrivedAt) * 10) / 10,
      },
      'request',
    )
  })
  handleErrors(server, log)
  server.register(healthRoutes, { context })
  server.register(openapiRoutes)
  const contextOf = (request: FastifyRequest, reply: FastifyReply) => requestContext(context, request, reply)
  server.register(authRoutes, { contextOf })
  server.register(operatorRoutes, { contextOf })
  server.register(auditRoutes, { contextOf })
  server.register(typesRoutes, { contextOf })
  server.register(testsRoutes, { contextOf })
  server.register(metricsRoutes, { context, requestContext: contextOf })
  server.register(async (scope) => {
    // tRPC would take forms, and read them into memory before it knows who sends them; no procedure takes one.
    scope.addHook('onRequest', async (request, reply) => {
      if (request.headers['content-type']?.startsWith('multipart/')) {
        return reply.status(415).send(httpError('UNSUPPORTED_MEDIA_TYPE', request.id))
      }
    })
    await scope.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: {
        router: appRouter,
        // Runs and other subscriptions with large inputs come by POST.
        allowMethodOverride: true,
        createContext: ({ req, res }) => requestContext(context, req, res),
        onError({ error, ctx, path }) {
          if (error.code !== 'INTERNAL_SERVER_ERROR') return
          log.error({ err: error.cause ?? error, requestId: ctx?.requestId, path }, 'procedure failed')
        },
      },
    } satisfies FastifyTRPCPluginOptions<AppRouter>)
  })
  await rm(env.LATHE_API_SOCKET, { force: true }) // left by an api that was killed
  await server.listen({ path: env.LATHE_API_SOCKET })
  return {
    async [Symbol.asyncDispose]() {
      const cut = setTimeout(() => server.server.closeAllConnections(), STREAMS_GRACE_MS)
      await server.close()
      clearTimeout(cut)
    },
  }
}

async function requestContext(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<RequestContext> {
  const { auth, mongo, env } = context
  return {
    context,
    requestId: request.id,
    arrivedAt: request.arrivedAt,
    caller: await resolveCaller(auth, mongo, request.headers),
    resolveCaller: (headers = request.headers) => resolveCaller(auth, mongo, headers),
    address: addressOf(request),
    isFromConsole: isFromConsole(request.headers, env.LATHE_CONSOLE_URL, request.method),
    authHeaders: () => authHeaders(request),
    setCookies: (cookies) => void reply.header('set-cookie', cookies),
  }
}

function authHeaders({ headers }: FastifyRequest): Headers {
  const copy = new Headers()
  for (const name of ['cookie', 'user-agent', 'x-forwarded-for'] as const) {
    const value = headers[name]
    if (typeof value === 'string') copy.set(name, value)
  }
  return copy
}

function pathOf(url: string): string {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}
