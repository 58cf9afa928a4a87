import type { editingInputs } from '@lathe/shared'
import type { z } from 'zod'
import { checkSource } from '../../compile/check-source.ts'
import { sha256 } from '../../hash.ts'
import type { DraftBody } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { conflict } from './conflict.ts'
import { draftConflict, isOvertaken } from './draft-conflict.ts'
import { functionOf } from './scope.ts'

/** What a save answers: everything of the draft but its text, which the sender has. */
export interface DraftSaved {
  baseRevision: number
  draftVersion: number
  liveRevision: number
  draftDiffers: boolean
  updatedAt: string
  updatedBy: string
}

const WRITE_TRIES = 5

/**
 * Keeps what is being typed. A draft that is based on a revision that is no longer live is refused with CONFLICT
 * and both sources, one that somebody else saved since the sender read it with DRAFT_CONFLICT, so that a merge comes
 * before it can cover a colleague's work; the sender still has his text.
 */
export async function saveDraft(
  request: SignedRequest,
  { appid, name, source, baseRevision, draftVersion, window }: z.infer<typeof editingInputs.saveDraft>,
): Promise<DraftSaved> {
  const { context, caller } = request
  const { mongo } = context
  livingAppOf(request, appid)
  checkSource(source)
  for (let tries = 0; tries < WRITE_TRIES; tries++) {
    const found = await functionOf(mongo, appid, name)
    if (found.liveRevision !== baseRevision) throw await conflict(mongo, found, source, baseRevision)
    if (isOvertaken(found.draft, source, { draftVersion, window })) throw draftConflict(found, source)
    const updatedAt = new Date()
    const draft: DraftBody = {
      source,
      baseRevision,
      version: found.draft.version + 1,
      updatedAt,
      updatedBy: caller.name,
      userId: caller.userId,
      window: window ?? null,
    }
    const draftDiffers = found.live === null || found.live.sha256 !== sha256(source)
    const { matchedCount } = await repeatable(() =>
      mongo.functions.updateOne(
        { appid, slot: name, liveRevision: baseRevision, 'draft.version': found.draft.version },
        { $set: { draft, draftDiffers, updatedAt } },
      ),
    )
    if (matchedCount === 0) continue // somebody was faster: the next look tells who
    return {
      baseRevision,
      draftVersion: draft.version,
      liveRevision: baseRevision,
      draftDiffers,
      updatedAt: updatedAt.toISOString(),
      updatedBy: caller.name,
    }
  }
  throw new Error('the draft changes faster than it can be saved')
}
