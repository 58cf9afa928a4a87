import type { accountInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'

/** Signs one browser out, at once: sessions are read with every call, and streams end. */
export async function revokeSession(
  { context, caller }: SignedRequest,
  { id }: z.infer<typeof accountInputs.session>,
): Promise<{ id: string }> {
  const { deletedCount } = await context.mongo.sessions.deleteOne({ _id: id, userId: caller.userId })
  if (deletedCount === 0) throw notFound('session', id)
  return { id }
}

/** Signs all others out. */
export async function revokeOtherSessions({ context, caller }: SignedRequest): Promise<{ revoked: number }> {
  const { deletedCount } = await context.mongo.sessions.deleteMany({
    userId: caller.userId,
    _id: { $ne: caller.sessionId ?? '' },
  })
  return { revoked: deletedCount }
}
