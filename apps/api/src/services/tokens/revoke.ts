import type { tokenInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'

/** Ends a token of the caller, at once. */
export async function revokeToken(
  { context, caller }: SignedRequest,
  { id }: z.infer<typeof tokenInputs.revoke>,
): Promise<{ id: string }> {
  const { deletedCount } = await context.mongo.apiKeys.deleteOne({ _id: id, referenceId: caller.userId })
  if (deletedCount === 0) throw notFound('token', id)
  return { id }
}
