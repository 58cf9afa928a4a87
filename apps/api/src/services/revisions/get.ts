import type { inputs, RevisionView } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function getRevision(
  request: SignedRequest,
  input: z.infer<typeof inputs.revisionsGet>,
): Promise<RevisionView> {
  throw new Error('not yet')
}
