import { emailSchema } from '@lathe/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { recordCall } from '../audit/record.ts'
import type { RequestContext } from '../request-context.ts'
import { createResetLink } from '../services/account/reset-password.ts'
import { removeTwoFactor } from '../services/account/two-factor.ts'

const inputSchema = z.object({ email: emailSchema })

/**
 * For whoever runs the server (`npm run account`): not reachable through the gateway, and whoever can open the api's
 * socket could change the database anyhow. There is no such thing for admins of a team: who can set somebody's password
 * has all his teams, and not only theirs.
 */
export async function operatorRoutes(
  server: FastifyInstance,
  { contextOf }: { contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext> },
): Promise<void> {
  const verbs = {
    'reset-link': async (request: RequestContext, email: string) => createResetLink(request.context, email),
    'remove-two-factor': (request: RequestContext, email: string) => removeTwoFactor(request.context, email),
  }
  for (const [name, verb] of Object.entries(verbs)) {
    server.post(`/operator/${name}`, async (request, reply) => {
      const parsed = inputSchema.safeParse(request.body)
      if (!parsed.success)
        return reply.status(400).send({ message: 'Name an account by its e-mail address.' })
      const { email } = parsed.data
      const asked = await contextOf(request, reply)
      const result = await verb(asked, email)
      if (result === null) return reply.status(404).send({ message: `There is no account ${email}.` })
      const user = await asked.context.mongo.users.findOne({ email })
      const caller = {
        userId: user?._id ?? '',
        email,
        name: 'operator',
        token: null,
        sessionId: null,
      }
      await recordCall(
        { ...asked, caller, teamId: null, app: null },
        `operator.${name}`,
        { email },
        'ok',
        null,
      )
      return { result }
    })
  }
}
