import {
  type ConflictDetails,
  type LoadError,
  loadErrorSchema,
  type Marker,
  markerSchema,
  type Reason,
  reasonSchema,
} from '@lathe/shared'
import { TRPCClientError } from '@trpc/client'
import { z } from 'zod'
import { activeLocale, type MessageId, t } from '../i18n/i18n.ts'

/** What the API says beside tRPC's own error fields. */
const dataSchema = z.object({
  reason: reasonSchema.optional(),
  details: z.unknown().optional(),
})

function dataOf(error: unknown): z.infer<typeof dataSchema> {
  if (!(error instanceof TRPCClientError)) return {}
  return dataSchema.safeParse(error.data).data ?? {}
}

/** The API's reason for a refusal; null when the call did not get an answer from it. */
export function reasonOf(error: unknown): Reason | null {
  return dataOf(error).reason ?? null
}

/** The request id under which the server's log has the refusal. */
export function requestIdOf(error: unknown): string | null {
  if (!(error instanceof TRPCClientError)) return null
  const response: unknown = error.meta?.response
  return response instanceof Response ? response.headers.get('x-request-id') : null
}

const conflictSchema = z.object({
  baseRevision: z.number(),
  liveRevision: z.number(),
  yours: z.string(),
  theirs: z.string(),
  base: z.string().nullable(),
  author: z.string().nullable(),
}) satisfies z.ZodType<ConflictDetails>

export function conflictOf(error: unknown): ConflictDetails | null {
  const { reason, details } = dataOf(error)
  return reason === 'CONFLICT' ? (conflictSchema.safeParse(details).data ?? null) : null
}

/** Places in the source that a refused publish names. */
export function markersOf(error: unknown): Marker[] {
  const { reason, details } = dataOf(error)
  if (reason !== 'COMPILE_ERROR') return []
  return z.object({ markers: z.array(markerSchema) }).safeParse(details).data?.markers ?? []
}

export function loadErrorsOf(error: unknown): LoadError[] {
  const { reason, details } = dataOf(error)
  if (reason !== 'LOAD_ERROR') return []
  return z.object({ errors: z.array(loadErrorSchema) }).safeParse(details).data?.errors ?? []
}

const texts: Record<Reason, MessageId> = {
  INVALID_INPUT: 'error.invalid',
  UNAUTHENTICATED: 'error.unauthenticated',
  FORBIDDEN: 'error.forbidden',
  NOT_FOUND: 'error.notFound',
  NAME_TAKEN: 'error.nameTaken',
  CONFLICT: 'error.conflict',
  COMPILE_ERROR: 'error.compile',
  LOAD_ERROR: 'error.load',
  TOO_LARGE: 'error.tooLarge',
  APP_NOT_RUNNING: 'error.notRunning',
  RUNTIME_UNAVAILABLE: 'error.runtime',
  CONFIRMATION_MISMATCH: 'error.confirmation',
  LIMIT_REACHED: 'error.limit',
  INSTALL_FAILED: 'error.install',
  IN_USE: 'error.inUse',
  CHANGED_MEANWHILE: 'error.changedMeanwhile',
  NOT_PUBLISHED: 'error.notPublished',
  BAD_ORIGIN: 'error.origin',
  INTERNAL: 'error.internal',
}

/**
 * One sentence for a person. The API's own English names the particulars, so it is shown as it is in English;
 * other languages show the reason's text.
 */
export function errorText(error: unknown): string {
  const reason = reasonOf(error)
  if (reason === null) return t('error.offline')
  if (
    activeLocale() === 'en' &&
    reason !== 'INTERNAL' &&
    reason !== 'INVALID_INPUT' &&
    error instanceof Error
  ) {
    return error.message
  }
  return t(texts[reason] as 'error.internal')
}
