import type { inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function revokeToken(
  request: SignedRequest,
  input: z.infer<typeof inputs.tokensRevoke>,
): Promise<{ id: string }> {
  throw new Error('not yet')
}
