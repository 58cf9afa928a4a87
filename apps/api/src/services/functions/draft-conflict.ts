import type { DraftBody, FunctionDoc } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'

/** What a sender says about the draft that it builds on. */
export interface KnownDraft {
  draftVersion?: number | undefined
  window?: string | undefined
}

/**
 * Whether somebody saved the draft since the sender read it. What its own window saved is no news, though the answer
 * to that save may have been lost; nor is the very text that it sends.
 */
export function isOvertaken(draft: DraftBody, source: string, { draftVersion, window }: KnownDraft): boolean {
  if (draftVersion === undefined || draft.version === draftVersion) return false
  return draft.source !== source && (window === undefined || draft.window !== window)
}

/** Refuses a change that would cover a draft that the sender has not seen. */
export function draftConflict({ name, draft }: FunctionDoc, yours: string): Refusal<'DRAFT_CONFLICT'> {
  return new Refusal(
    'DRAFT_CONFLICT',
    `${draft.updatedBy} saved the draft of ${name} meanwhile. Nothing was written.`,
    {
      name,
      yours,
      theirs: draft.source,
      draftVersion: draft.version,
      author: draft.updatedBy,
      updatedAt: draft.updatedAt.toISOString(),
    },
  )
}
