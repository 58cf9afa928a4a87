import type { inputs } from '@lathe/shared'
import type { z } from 'zod'
import { checkSource } from '../../compile/check-source.ts'
import { sha256 } from '../../hash.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { conflict } from './conflict.ts'
import { functionOf } from './scope.ts'

/** What a save answers: everything of the draft but its text, which the sender has. */
export interface DraftSaved {
  baseRevision: number
  liveRevision: number
  draftDiffers: boolean
  updatedAt: string
  updatedBy: string
}

/**
 * Keeps what is being typed. A draft that is based on a revision that is no longer live is refused with CONFLICT
 * and both sources, so that a merge comes before it can cover a colleague's work; the sender still has his text.
 */
export async function saveDraft(
  request: SignedRequest,
  { appid, name, source, baseRevision }: z.infer<typeof inputs.functionsSaveDraft>,
): Promise<DraftSaved> {
  const { context, caller } = request
  const { mongo } = context
  livingAppOf(request, appid)
  checkSource(source)
  const found = await functionOf(mongo, appid, name)
  if (found.liveRevision !== baseRevision) throw await conflict(mongo, found, source, baseRevision)
  const updatedAt = new Date()
  const updatedBy = caller.name
  const draftDiffers = found.live === null || found.live.sha256 !== sha256(source)
  const { matchedCount } = await repeatable(() =>
    mongo.functions.updateOne(
      { appid, slot: name, liveRevision: baseRevision },
      {
        $set: {
          'draft.source': source,
          'draft.baseRevision': baseRevision,
          'draft.updatedAt': updatedAt,
          'draft.updatedBy': updatedBy,
          'draft.userId': caller.userId,
          draftDiffers,
          updatedAt,
        },
        $inc: { 'draft.version': 1 },
      },
    ),
  )
  if (matchedCount === 0)
    throw await conflict(mongo, await functionOf(mongo, appid, name), source, baseRevision)
  return {
    baseRevision,
    liveRevision: baseRevision,
    draftDiffers,
    updatedAt: updatedAt.toISOString(),
    updatedBy,
  }
}
