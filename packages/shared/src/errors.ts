import { z } from 'zod'

/**
 * Every reason with which a procedure can refuse. Stands in `error.data.reason` of a tRPC error;
 * particulars stand in `error.data.details`, in the shape given here.
 */
export const reasonSchema = z.enum([
  'INVALID_INPUT', // details: { issues: { path, message }[] }
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND', // details: { what, id }
  'NAME_TAKEN', // details: { name }
  'CONFLICT', // details: ConflictDetails
  'DRAFT_CONFLICT', // details: DraftConflictDetails: somebody saved this draft meanwhile
  'COMPILE_ERROR', // details: { markers: Marker[], name?: string }; `name` where several are published
  'LOAD_ERROR', // details: { errors: LoadError[] }: compiled, but the modules cannot be evaluated
  'TOO_LARGE', // details: { limit, size }
  'APP_NOT_RUNNING', // details: { phase }
  'RUNTIME_UNAVAILABLE', // the runtime did not answer in time
  'CONFIRMATION_MISMATCH', // details: { expected }: the typed name is not the one of what would be deleted
  'LIMIT_REACHED', // details: { limit }
  'INSTALL_FAILED', // details: { failure: InstallFailure }: the packages that were in use stay in use
  'IN_USE', // details: { usedBy: string[] }: functions import it
  'CHANGED_MEANWHILE', // details: { version }: somebody changed it since it was read; nothing was written
  'NOT_PUBLISHED', // details: { name }: the function has no live revision
  'LAST_OWNER', // the team would be without an owner
  'INVITATION_OVER', // details: { state: InvitationState }
  'MAIL_FAILED', // the mail server did not take the message
  'WRONG_PASSWORD',
  'TRY_LATER', // details: { seconds }: too many wrong guesses
  'LINK_OVER', // a one-time link was used or has expired
  'NO_MAIL_SERVER', // LATHE_SMTP_URL is not set
  'TESTS_FAILED', // details: { failed: FailedTest[] }: the app publishes only what its tests pass
  'BAD_ORIGIN',
  'INTERNAL',
])
export type Reason = z.infer<typeof reasonSchema>

/** A place in a source text: 1-based lines and columns (columns count UTF-16 units), end exclusive. */
export const markerSchema = z.object({
  message: z.string(),
  severity: z.enum(['error', 'warning']),
  line: z.number().int().min(1),
  column: z.number().int().min(1),
  endLine: z.number().int().min(1),
  endColumn: z.number().int().min(1),
})
export type Marker = z.infer<typeof markerSchema>

/** A function whose new revision could not be linked or evaluated; the old one goes on serving. */
export const loadErrorSchema = z.object({
  name: z.string(),
  message: z.string(),
  /** Stack with places in TypeScript source, e.g. `at users/list.ts:3:7`. */
  stack: z.string().optional(),
  marker: markerSchema.optional(),
})
export type LoadError = z.infer<typeof loadErrorSchema>

/** Both sides of a publish or save that came too late. */
export interface ConflictDetails {
  /** The function. */
  name: string
  baseRevision: number
  liveRevision: number
  /** The source you sent. */
  yours: string
  /** The live source. */
  theirs: string
  /** The source of `baseRevision`, for a three-way merge; null when it was never published. */
  base: string | null
  author: string | null
}

/** Both sides of a save of a draft that somebody saved since it was read. The sender knows what he built on. */
export interface DraftConflictDetails {
  name: string
  /** The source you sent. */
  yours: string
  /** The draft as it stands, its version, who saved it and when. */
  theirs: string
  draftVersion: number
  author: string
  updatedAt: string
}

/** The body of every error that the gateway or a runtime answers on its own. */
export interface ErrorBody {
  error: { code: HttpErrorCode; message: string; requestId: string }
}

/** Codes of HTTP error bodies: the closed union for visitors of functions. */
export type HttpErrorCode =
  | 'BAD_REQUEST'
  | 'APP_NOT_FOUND'
  | 'FUNCTION_NOT_FOUND'
  | 'HOST_NOT_FOUND'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'HEADERS_TOO_LARGE'
  | 'REQUEST_TIMEOUT'
  | 'APP_STOPPED'
  | 'APP_FAILED'
  | 'APP_STARTING'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_BROKEN'
  | 'FUNCTION_TIMEOUT'
  | 'FUNCTION_ERROR'
  | 'FUNCTION_LOAD_FAILED'
  | 'TOO_MANY_REQUESTS'
  | 'RUN_EXPIRED'
