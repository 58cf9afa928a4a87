import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authorize } from '../auth/authorize.ts'
import type { Context } from '../context.ts'
import { Exposition } from '../metrics/exposition.ts'
import type { RequestContext } from '../request-context.ts'
import { allMetrics, ownMetrics } from '../services/metrics/operators.ts'
import { httpError } from './errors.ts'

/**
 * For Prometheus. `/metrics` has everything and is not reachable through the gateway: whoever can open the api's socket
 * runs this server. `/api/metrics` takes a bearer token and shows the apps of the teams that its account owns.
 */
export async function metricsRoutes(
  server: FastifyInstance,
  {
    context,
    requestContext,
  }: {
    context: Context
    requestContext: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>
  },
): Promise<void> {
  server.get('/metrics', async (_request, reply) => {
    reply.header('content-type', Exposition.contentType)
    return allMetrics(context)
  })
  server.get('/api/metrics', async (request, reply) => {
    const asked = await requestContext(request, reply)
    if (!asked.caller?.token) {
      reply.header('www-authenticate', 'Bearer')
      return reply.status(401).send(httpError('UNAUTHENTICATED', request.id))
    }
    reply.header('content-type', Exposition.contentType)
    return ownMetrics(await authorize(asked, 'GET /api/metrics', async () => undefined, false))
  })
}
