import type {
  ConflictDetails,
  DraftConflictDetails,
  FailedTest,
  LoadError,
  Marker,
  Reason,
} from '@lathe/shared'
import { TRPCClientError } from '@trpc/client'
import { activeLocale, type MessageId, t } from '../i18n/i18n.ts'

/*
 * What the API says beside tRPC's own error fields. Its types come from the contract and the API is of the same
 * build, so these are read and not parsed: schemas would double the bytes that stand before the first page.
 */
function dataOf(error: unknown): { reason?: Reason; details?: unknown } {
  if (!(error instanceof TRPCClientError)) return {}
  const data: unknown = error.data
  return typeof data === 'object' && data !== null ? data : {}
}

function detailsOf<T>(error: unknown, reason: Reason): T | null {
  const data = dataOf(error)
  return data.reason === reason ? (data.details as T) : null
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

/** Both sides of a publish or save that came too late. */
export function conflictOf(error: unknown): ConflictDetails | null {
  return detailsOf<ConflictDetails>(error, 'CONFLICT')
}

/** Both sides of a save that would have covered somebody else's. */
export function draftConflictOf(error: unknown): DraftConflictDetails | null {
  return detailsOf<DraftConflictDetails>(error, 'DRAFT_CONFLICT')
}

/** Places in the source that a refused publish names. */
export function markersOf(error: unknown): Marker[] {
  return detailsOf<{ markers: Marker[] }>(error, 'COMPILE_ERROR')?.markers ?? []
}

export function loadErrorsOf(error: unknown): LoadError[] {
  return detailsOf<{ errors: LoadError[] }>(error, 'LOAD_ERROR')?.errors ?? []
}

/** The tests that a refused publish names. */
export function failedTestsOf(error: unknown): FailedTest[] {
  return detailsOf<{ failed: FailedTest[] }>(error, 'TESTS_FAILED')?.failed ?? []
}

/** What an input was refused for, one by one; the texts are the API's own, in English. */
export function issuesOf(error: unknown): string[] {
  const issues = detailsOf<{ issues: { message: string }[] }>(error, 'INVALID_INPUT')?.issues
  return issues?.map(({ message }) => message) ?? []
}

/** Whether asking again is of no use: a refusal with a reason stays one. */
export function errorIsFinal(error: unknown): boolean {
  const reason = reasonOf(error)
  return reason !== null && reason !== 'INTERNAL'
}

/** Reasons that a newer API gives show its own message. */
const texts: Partial<Record<Reason, MessageId>> = {
  INVALID_INPUT: 'error.invalid',
  UNAUTHENTICATED: 'error.unauthenticated',
  FORBIDDEN: 'error.forbidden',
  NOT_FOUND: 'error.notFound',
  NAME_TAKEN: 'error.nameTaken',
  CONFLICT: 'error.conflict',
  DRAFT_CONFLICT: 'error.draftConflict',
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
  LAST_OWNER: 'error.lastOwner',
  INVITATION_OVER: 'error.invitationOver',
  MAIL_FAILED: 'error.mail',
  WRONG_PASSWORD: 'security.wrongPassword',
  TRY_LATER: 'error.tryLater',
  LINK_OVER: 'error.linkOver',
  NO_MAIL_SERVER: 'security.emailNoMail',
  TESTS_FAILED: 'error.tests',
  BAD_ORIGIN: 'error.origin',
  INTERNAL: 'error.internal',
}

/**
 * One sentence for a person. The API's own English names the particulars, so it is shown as it is in English;
 * other languages show the reason's text.
 */
export function errorText(error: unknown): string {
  // What this page refuses of itself is said in its language already.
  if (error instanceof Error && !(error instanceof TRPCClientError)) return error.message
  const reason = reasonOf(error)
  if (reason === null) return t('error.offline')
  const message = error instanceof Error ? error.message : ''
  const text = texts[reason]
  const english = activeLocale() === 'en' && reason !== 'INTERNAL' && reason !== 'INVALID_INPUT'
  return text === undefined || (english && message) ? message : t(text as 'error.internal')
}
