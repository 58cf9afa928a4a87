import { Readable } from 'node:stream'
import { auditInputs } from '@lathe/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authorize } from '../auth/authorize.ts'
import type { RequestContext } from '../request-context.ts'
import { auditCsv } from '../services/audit/csv.ts'
import { sendRefusal } from './errors.ts'

/** The audit log of a team as a file: `?search=` and `?appid=` as in `audit.list`. */
export async function auditRoutes(
  server: FastifyInstance,
  { contextOf }: { contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext> },
): Promise<void> {
  server.get<{ Params: { teamId: string }; Querystring: Record<string, unknown> }>(
    '/api/teams/:teamId/audit.csv',
    async (request, reply) => {
      const { params, query } = request
      try {
        const signed = await authorize(
          await contextOf(request, reply),
          'GET /api/teams/<teamId>/audit.csv',
          async () => params,
          true,
        )
        const filter = auditInputs.csv.parse({ ...query, ...params })
        return reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="audit.csv"')
          .send(Readable.from(auditCsv(signed, filter)))
      } catch (error) {
        return sendRefusal(error, request, reply)
      }
    },
  )
}
