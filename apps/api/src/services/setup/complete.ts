import type { AccountView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { createAccount } from '../../auth/accounts.ts'
import { sha256 } from '../../hash.ts'
import { Refusal } from '../../refusal.ts'
import type { RequestContext } from '../../request-context.ts'

/**
 * Makes the first account with the one-time link's token, and signs it in (session cookie).
 * Taking the token out of the database is what makes it single-use: of two that come at once, one gets it.
 */
export async function completeSetup(
  { context, authHeaders, setCookies }: RequestContext,
  input: z.infer<typeof inputs.setupComplete>,
): Promise<AccountView> {
  const { auth, mongo } = context
  const taken = await mongo.setup.findOneAndDelete({ _id: 'setup', tokenHash: sha256(input.token) })
  if (!taken || taken.expiresAt < new Date()) {
    throw new Refusal(
      'UNAUTHENTICATED',
      'This sign-in link was used or has expired. Start Lathe again to get a new one.',
    )
  }
  try {
    const owner = await createAccount(auth, mongo, { ...input, emailVerified: true })
    const { headers } = await auth.api.signInEmail({
      body: { email: owner.email, password: input.password },
      headers: authHeaders(),
      returnHeaders: true,
    })
    setCookies(headers.getSetCookie())
    return owner
  } catch (error) {
    // Nobody has got in with it: the link stays good.
    await mongo.setup.updateOne(
      { _id: 'setup' },
      { $set: { tokenHash: taken.tokenHash, expiresAt: taken.expiresAt } },
      { upsert: true },
    )
    throw error
  }
}
