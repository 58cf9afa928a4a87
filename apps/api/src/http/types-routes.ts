import { appidSchema, packageNameSchema } from '@lathe/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { authorize } from '../auth/authorize.ts'
import type { RequestContext, SignedRequest } from '../request-context.ts'
import { declarationsOf, exportsOfPackages, typedPackages } from '../services/dependencies/types.ts'
import { httpError, sendRefusal } from './errors.ts'

const IMMUTABLE = 'private, max-age=31536000, immutable'

interface Options {
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>
}

/**
 * Types of an app's packages for the editor: a list, and the declarations of each package at an address that never
 * changes. For members of the app's team only.
 */
export async function typesRoutes(server: FastifyInstance, { contextOf }: Options): Promise<void> {
  const answer = async <T>(
    request: FastifyRequest,
    reply: FastifyReply,
    caching: string,
    work: (signed: SignedRequest) => Promise<T>,
  ) => {
    const context = await contextOf(request, reply)
    try {
      // A cookie alone does not vouch for this either: other apps of the same site could read the answer.
      const signed = await authorize(context, 'GET /api/apps/<appid>/types', async () => request.params, true)
      return reply.header('cache-control', caching).send(await work(signed))
    } catch (error) {
      return sendRefusal(error, request, reply)
    }
  }

  server.get<{ Params: { appid: string } }>('/api/apps/:appid/types', (request, reply) => {
    const appid = appidSchema.safeParse(request.params.appid)
    if (!appid.success) return reply.status(404).send(httpError('NOT_FOUND', request.id))
    return answer(request, reply, 'private, no-cache', (signed) => typedPackages(signed, appid.data))
  })

  server.get<{ Params: { appid: string } }>('/api/apps/:appid/types/exports', (request, reply) => {
    const appid = appidSchema.safeParse(request.params.appid)
    if (!appid.success) return reply.status(404).send(httpError('NOT_FOUND', request.id))
    return answer(request, reply, 'private, no-cache', (signed) => exportsOfPackages(signed, appid.data))
  })

  /** `name@version.json`; names have slashes. */
  server.get<{ Params: { appid: string; '*': string } }>('/api/apps/:appid/types/*', (request, reply) => {
    const appid = appidSchema.safeParse(request.params.appid)
    const [, name, version] = /^(.+)@([\w.+-]+)\.json$/.exec(request.params['*']) ?? []
    const isName = packageNameSchema.safeParse(name).success
    if (!appid.success || !isName || name === undefined || version === undefined) {
      return reply.status(404).send(httpError('NOT_FOUND', request.id))
    }
    return answer(request, reply, IMMUTABLE, (signed) => declarationsOf(signed, appid.data, name, version))
  })
}
