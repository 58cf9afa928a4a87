import type { inputs, TokenView } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'

export async function createToken(
  request: SignedRequest,
  input: z.infer<typeof inputs.tokensCreate>,
): Promise<TokenView & { token: string }> {
  throw new Error('not yet')
}
