import type { inputs, PublishResult } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function publishFunction(
  request: SignedRequest,
  input: z.infer<typeof inputs.functionsPublish>,
): Promise<PublishResult> {
  throw new Error('not yet')
}
