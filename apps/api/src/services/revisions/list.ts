import type { inputs, RevisionSummary } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function listRevisions(
  request: SignedRequest,
  input: z.infer<typeof inputs.revisionsList>,
): Promise<RevisionSummary[]> {
  throw new Error('not yet')
}
