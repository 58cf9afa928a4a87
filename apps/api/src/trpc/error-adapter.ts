import type { Reason } from '@lathe/shared'
import { TRPCError } from '@trpc/server'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import { Refusal } from '../refusal.ts'

/** tRPC's code, and with it the HTTP status, for each reason. */
const codes: Record<Reason, TRPC_ERROR_CODE_KEY> = {
  INVALID_INPUT: 'BAD_REQUEST',
  UNAUTHENTICATED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  NAME_TAKEN: 'CONFLICT',
  CONFLICT: 'CONFLICT',
  DRAFT_CONFLICT: 'CONFLICT',
  COMPILE_ERROR: 'UNPROCESSABLE_CONTENT',
  LOAD_ERROR: 'UNPROCESSABLE_CONTENT',
  TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  APP_NOT_RUNNING: 'PRECONDITION_FAILED',
  RUNTIME_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  CONFIRMATION_MISMATCH: 'BAD_REQUEST',
  LIMIT_REACHED: 'TOO_MANY_REQUESTS',
  INSTALL_FAILED: 'UNPROCESSABLE_CONTENT',
  IN_USE: 'PRECONDITION_FAILED',
  CHANGED_MEANWHILE: 'CONFLICT',
  NOT_PUBLISHED: 'PRECONDITION_FAILED',
  LAST_OWNER: 'PRECONDITION_FAILED',
  INVITATION_OVER: 'PRECONDITION_FAILED',
  MAIL_FAILED: 'BAD_GATEWAY',
  WRONG_PASSWORD: 'FORBIDDEN',
  TRY_LATER: 'TOO_MANY_REQUESTS',
  LINK_OVER: 'PRECONDITION_FAILED',
  NO_MAIL_SERVER: 'PRECONDITION_FAILED',
  TESTS_FAILED: 'PRECONDITION_FAILED',
  BAD_ORIGIN: 'FORBIDDEN',
  INTERNAL: 'INTERNAL_SERVER_ERROR',
}

export function toTrpcError(refusal: Refusal): TRPCError {
  return new TRPCError({ code: codes[refusal.reason], message: refusal.message, cause: refusal })
}

/** What a client may learn of an error: its reason, its particulars and a message fit for a person. */
export interface PublicError {
  reason: Reason
  details: unknown
  message: string
}

/** The one place where any error becomes what a client sees. Unknown ones show no more than the request's id. */
export function publicError(error: TRPCError, requestId: string): PublicError {
  if (error.cause instanceof Refusal) {
    return { reason: error.cause.reason, details: error.cause.details, message: error.cause.message }
  }
  switch (error.code) {
    case 'BAD_REQUEST':
    case 'PARSE_ERROR':
      return { reason: 'INVALID_INPUT', ...inputIssues(error) }
    case 'UNSUPPORTED_MEDIA_TYPE':
      return {
        reason: 'INVALID_INPUT',
        details: { issues: [{ path: '', message: 'not application/json' }] },
        message: 'Send JSON, with content-type application/json.',
      }
    case 'NOT_FOUND':
      return {
        reason: 'NOT_FOUND',
        details: { what: 'procedure', id: procedureIn(error.message) },
        message: error.message,
      }
    case 'METHOD_NOT_SUPPORTED':
      return {
        reason: 'INVALID_INPUT',
        details: { issues: [{ path: '', message: error.message }] },
        message: error.message,
      }
    case 'PAYLOAD_TOO_LARGE':
      return { reason: 'TOO_LARGE', details: null, message: error.message }
    default:
      return {
        reason: 'INTERNAL',
        details: { requestId },
        message: `Something went wrong on our side. The server's log has it under request ${requestId}.`,
      }
  }
}

function procedureIn(message: string): string {
  return /path "([^"]*)"/.exec(message)?.[1] ?? ''
}

interface Issue {
  path: PropertyKey[]
  message: string
}

function inputIssues(error: TRPCError) {
  const found = (error.cause as { issues?: unknown } | undefined)?.issues
  if (!Array.isArray(found)) {
    const message = 'The request is not valid JSON.'
    return { details: { issues: [{ path: '', message }] }, message }
  }
  const issues = (found as Issue[]).map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }))
  const first = issues[0]
  return {
    details: { issues },
    message: first ? `${first.path || 'input'}: ${first.message}` : 'Invalid input.',
  }
}
