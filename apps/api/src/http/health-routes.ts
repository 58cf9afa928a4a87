import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'

const PING_MS = 2_000

/** `/healthz`: the process answers. `/readyz`: it can do its work. Under `/api` too, where the gateway lets them through. */
export async function healthRoutes(
  server: FastifyInstance,
  { context }: { context: Context },
): Promise<void> {
  const { mongo, gateway } = context
  for (const prefix of ['', '/api']) {
    server.get(`${prefix}/healthz`, async () => ({ status: 'ok' }))
    server.get(`${prefix}/readyz`, async (_request, reply) => {
      const database = await Promise.race([
        mongo.db.command({ ping: 1 }).then(
          () => true,
          () => false,
        ),
        new Promise<false>((resolve) => setTimeout(resolve, PING_MS, false).unref()),
      ])
      if (!database) reply.status(503)
      return { status: database ? 'ok' : 'unavailable', database, gateways: gateway.gateways }
    })
  }
}
