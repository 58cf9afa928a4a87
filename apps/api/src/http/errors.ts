import type { Reason } from '@lathe/shared'
import { TRPCError } from '@trpc/server'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { z } from 'zod'
import { Refusal } from '../refusal.ts'

const errors = {
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    reason: 'INVALID_INPUT',
    message: 'Send JSON, with content-type application/json.',
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    reason: 'TOO_LARGE',
    message: 'The request is larger than the api takes (24 MiB).',
  },
  BAD_REQUEST: { status: 400, reason: 'INVALID_INPUT', message: 'The request is not valid.' },
  NOT_FOUND: { status: 404, reason: 'NOT_FOUND', message: 'There is nothing at this address.' },
  UNAUTHENTICATED: { status: 401, reason: 'UNAUTHENTICATED', message: 'Send Authorization: Bearer <token>.' },
  FORBIDDEN: {
    status: 403,
    reason: 'FORBIDDEN',
    message: 'Your role, or the scope of your token, does not allow this.',
  },
  BAD_ORIGIN: { status: 403, reason: 'BAD_ORIGIN', message: 'This call has to come from the console.' },
  TOO_MANY_REQUESTS: {
    status: 429,
    reason: 'LIMIT_REACHED',
    message: 'Too many wrong attempts. Retry-After says when to try again.',
  },
  SERVICE_UNAVAILABLE: { status: 503, reason: 'INTERNAL', message: 'Not ready.' },
  INTERNAL_SERVER_ERROR: { status: 500, reason: 'INTERNAL', message: 'Something went wrong on our side.' },
} as const satisfies Record<string, { status: number; reason: Reason; message: string }>
export type HttpErrorName = keyof typeof errors

/** The body of an error that arises before tRPC has the request, in the shape of tRPC's own. */
export function httpError(code: HttpErrorName, requestId: string) {
  const { status, reason, message } = errors[code]
  return {
    error: {
      message,
      code: -32600,
      data: { code, httpStatus: status, reason, details: { requestId } },
    },
  }
}

export function httpStatus(code: HttpErrorName): number {
  return errors[code].status
}

const refusals: Partial<Record<Reason, HttpErrorName>> = {
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  FORBIDDEN: 'FORBIDDEN',
  BAD_ORIGIN: 'BAD_ORIGIN',
  INVALID_INPUT: 'BAD_REQUEST',
}

/** Answers a verb's refusal on a route of our own. @throws what is none */
export function sendRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const isInput = error instanceof z.ZodError || (error instanceof TRPCError && error.code === 'BAD_REQUEST')
  if (!(error instanceof Refusal) && !isInput) throw error
  const reason: Reason = error instanceof Refusal ? (error.reason as Reason) : 'INVALID_INPUT'
  const name = refusals[reason] ?? 'NOT_FOUND'
  return reply.status(httpStatus(name)).send(httpError(name, request.id))
}

export function handleErrors(server: FastifyInstance, log: Logger): void {
  server.setNotFoundHandler((request, reply) => {
    return reply.status(404).send(httpError('NOT_FOUND', request.id))
  })
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const code = nameOf(error)
    if (code === 'INTERNAL_SERVER_ERROR') log.error({ err: error, requestId: request.id }, 'request failed')
    return reply.status(errors[code].status).send(httpError(code, request.id))
  })
}

function nameOf({ statusCode, code }: FastifyError): HttpErrorName {
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'UNSUPPORTED_MEDIA_TYPE'
  if (statusCode === 413) return 'PAYLOAD_TOO_LARGE'
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return 'BAD_REQUEST'
  return 'INTERNAL_SERVER_ERROR'
}
