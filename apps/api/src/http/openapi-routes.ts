import { type Permission, permissions, reasonSchema } from '@lathe/shared'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import packageJson from '../../package.json' with { type: 'json' }
import { appRouter } from '../routers/app-router.ts'

interface Procedure {
  _def: { type: 'query' | 'mutation' | 'subscription'; inputs: z.ZodType[] }
}

/** `/api/openapi.json`: the whole API for programs and people, made of the schemas that check its inputs. */
export async function openapiRoutes(server: FastifyInstance): Promise<void> {
  let text: string | null = null
  server.get('/api/openapi.json', async (_request, reply) => {
    text ??= JSON.stringify(openapiDocument())
    return reply.header('content-type', 'application/json; charset=utf-8').send(text)
  })
}

/** The API as OpenAPI 3.1: every procedure is a plain JSON call by POST, streams are server-sent events. */
export function openapiDocument() {
  // By path; typed as they are nested, though at run time they are not.
  const procedures = appRouter._def.procedures as unknown as Record<string, Procedure>
  const tags = [...new Set(Object.keys(procedures).map((name) => name.split('.')[0]!))]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lathe',
      version: packageJson.version,
      description: 'Procedures are called by POST with a JSON body and `Authorization: Bearer <token>`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: tags.map((name) => ({ name })),
    paths: Object.fromEntries(
      Object.entries(procedures).map(([name, procedure]) => [
        `/trpc/${name}`,
        { post: operation(name, procedure) },
      ]),
    ),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: { Refused: { description: 'Refused; `reason` says why.', content: json(refused) } },
    },
  }
}

const refused = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'data'],
      properties: {
        message: { type: 'string', description: 'For a person.' },
        data: {
          type: 'object',
          required: ['reason'],
          properties: { reason: { enum: reasonSchema.options }, details: {} },
        },
      },
    },
  },
}

function json(schema: unknown) {
  return { 'application/json': { schema } }
}

function operation(name: string, { _def: { type, inputs } }: Procedure) {
  const row = (permissions as Record<string, Permission>)[name]
  const isStream = type === 'subscription'
  const schema = inputs[0] ? z.toJSONSchema(inputs[0], { io: 'input', unrepresentable: 'any' }) : null
  delete schema?.$schema
  return {
    operationId: name,
    tags: [name.split('.')[0]],
    summary: name,
    description: whoMay(row),
    security: row?.of === 'open' ? [] : [{ bearer: [] }],
    ...(schema ? { requestBody: { required: true, content: json(schema) } } : {}),
    responses: {
      200: isStream
        ? { description: 'Events.', content: { 'text/event-stream': { schema: { type: 'string' } } } }
        : {
            description: 'Done.',
            content: json({
              type: 'object',
              required: ['result'],
              properties: { result: { type: 'object', properties: { data: {} } } },
            }),
          },
      default: { $ref: '#/components/responses/Refused' },
    },
  }
}

function whoMay(row: Permission | undefined): string {
  if (!row || row.of === 'open') return 'Open to all.'
  if (row.of !== 'account') return `Takes the role ${row.role} or above in the team.`
  return row.scope === 'session' ? 'Takes a session: no token may.' : `Takes a token to ${row.scope}.`
}
