import type { AccountView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import type { RequestContext } from '../../request-context.ts'

/** Makes the first account with the one-time link's token, and signs it in (session cookie). */
export async function completeSetup(
  request: RequestContext,
  input: z.infer<typeof inputs.setupComplete>,
): Promise<AccountView> {
  throw new Error('not yet')
}
