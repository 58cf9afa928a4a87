import { appidSchema, type Reason, testTargetSchema } from '@lathe/shared'
import { collectReport, junitOf } from '@lathe/shared/test-run-report'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { authorize } from '../auth/authorize.ts'
import { Refusal } from '../refusal.ts'
import type { RequestContext } from '../request-context.ts'
import { runTests } from '../services/tests/run.ts'
import { type HttpErrorName, httpError, httpStatus } from './errors.ts'

const refusals: Partial<Record<Reason, HttpErrorName>> = {
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  BAD_ORIGIN: 'BAD_ORIGIN',
  NOT_FOUND: 'NOT_FOUND',
}

const querySchema = z.object({
  format: z.enum(['json', 'junit']).default('json'),
  target: testTargetSchema.default('draft'),
})

interface Options {
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>
}

/**
 * All tests of an app for a CI job that has nothing but curl: 200 when they pass, 422 when one fails, so that
 * `curl --fail-with-body` ends by the result; the report is the body. Whoever wants to see them come subscribes to
 * `tests.run`.
 */
export async function testsRoutes(server: FastifyInstance, { contextOf }: Options): Promise<void> {
  server.post<{ Params: { appid: string } }>('/api/apps/:appid/tests', async (request, reply) => {
    const appid = appidSchema.safeParse(request.params.appid)
    const query = querySchema.safeParse(request.query)
    if (!appid.success) return reply.status(404).send(httpError('NOT_FOUND', request.id))
    if (!query.success) return reply.status(400).send(httpError('BAD_REQUEST', request.id))
    const { format, target } = query.data
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    try {
      const context = await contextOf(request, reply)
      const name = 'POST /api/apps/<appid>/tests'
      const signed = await authorize(context, name, async () => request.params, true)
      const report = await collectReport(runTests(signed, { appid: appid.data, target }, gone.signal))
      reply.status(report.passed ? 200 : 422)
      if (format === 'json') return reply.send(report)
      return reply.type('application/xml; charset=utf-8').send(junitOf(report))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const code = refusals[(error as Refusal).reason]
      if (code) return reply.status(httpStatus(code)).send(httpError(code, request.id))
      const { reason, details, message } = error as Refusal
      return reply.status(503).send({ error: { message, code: -32600, data: { reason, details } } })
    }
  })
}
