import type { inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

/** What a save answers: everything of the draft but its text, which the sender has. */
export interface DraftSaved {
  baseRevision: number
  liveRevision: number
  draftDiffers: boolean
  updatedAt: string
  updatedBy: string
}

export async function saveDraft(
  request: SignedRequest,
  input: z.infer<typeof inputs.functionsSaveDraft>,
): Promise<DraftSaved> {
  throw new Error('not yet')
}
