import type {
  ConflictDetails,
  DraftConflictDetails,
  FailedTest,
  InstallFailure,
  InvitationState,
  LoadError,
  Marker,
  Reason,
} from '@lathe/shared'

/** The shape of `details` for each reason: documented in packages/shared/src/errors.ts. */
export interface DetailsByReason {
  INVALID_INPUT: { issues: { path: string; message: string }[] }
  UNAUTHENTICATED: undefined
  FORBIDDEN: undefined
  NOT_FOUND: { what: string; id: string }
  NAME_TAKEN: { name: string }
  CONFLICT: ConflictDetails
  DRAFT_CONFLICT: DraftConflictDetails
  COMPILE_ERROR: { markers: Marker[]; name?: string }
  LOAD_ERROR: { errors: LoadError[] }
  TOO_LARGE: { limit: number; size: number }
  APP_NOT_RUNNING: { phase: string }
  RUNTIME_UNAVAILABLE: undefined
  CONFIRMATION_MISMATCH: { expected: string }
  LIMIT_REACHED: { limit: number }
  INSTALL_FAILED: { failure: InstallFailure }
  IN_USE: { usedBy: string[] }
  CHANGED_MEANWHILE: { version: number }
  NOT_PUBLISHED: { name: string }
  LAST_OWNER: undefined
  INVITATION_OVER: { state: InvitationState }
  MAIL_FAILED: undefined
  WRONG_PASSWORD: undefined
  TRY_LATER: { seconds: number }
  LINK_OVER: undefined
  NO_MAIL_SERVER: undefined
  TESTS_FAILED: { failed: FailedTest[] }
  BAD_ORIGIN: undefined
  INTERNAL: undefined
}

/** A refusal that a person can act on. Everything else that is thrown is a fault of ours and is shown as INTERNAL. */
export class Refusal<R extends Reason = Reason> extends Error {
  readonly reason: R
  readonly details: DetailsByReason[R]

  constructor(
    reason: R,
    message: string,
    ...details: undefined extends DetailsByReason[R] ? [] : [details: DetailsByReason[R]]
  ) {
    super(message)
    this.name = 'Refusal'
    this.reason = reason
    this.details = details[0] as DetailsByReason[R]
  }
}

export function notFound(what: string, id: string): Refusal<'NOT_FOUND'> {
  return new Refusal('NOT_FOUND', `There is no ${what} ${id}, or it is not yours.`, { what, id })
}
