import type { inputs, TokenView } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { tokenView } from './view.ts'

const DAY_SECONDS = 24 * 3600

/** Makes a bearer token for the caller. Its secret is in this answer and nowhere else. */
export async function createToken(
  { context, caller }: SignedRequest,
  { name, expiresInDays }: z.infer<typeof inputs.tokensCreate>,
): Promise<TokenView & { token: string }> {
  const expiresIn = expiresInDays === undefined ? null : expiresInDays * DAY_SECONDS
  const made = await context.auth.api.createApiKey({ body: { name, userId: caller.userId, expiresIn } })
  return { ...tokenView(made.id, made), token: made.key }
}
