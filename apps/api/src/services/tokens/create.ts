import type { TokenView, tokenInputs } from '@lathe/shared'
import type { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { issueToken } from './issue.ts'

/** Makes a bearer token for the caller: it may do what he may, as far as its scope goes. */
export async function createToken(
  request: SignedRequest,
  input: z.infer<typeof tokenInputs.create>,
): Promise<TokenView & { token: string }> {
  if (request.caller.token?.teamId) {
    throw new Refusal('FORBIDDEN', 'A team’s token has no account of its own: use teamTokens.create.')
  }
  return issueToken(request, null, input)
}
