import type { inputs, PublishResult } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function rollback(
  request: SignedRequest,
  input: z.infer<typeof inputs.revisionsGet>,
): Promise<PublishResult> {
  throw new Error('not yet')
}
