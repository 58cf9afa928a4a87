import type { teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'
import { countOwners } from './give-up.ts'

/** Makes a member an owner too. With `owners.remove` of oneself after it, ownership is handed over. */
export async function addOwner(
  request: SignedRequest,
  { userId }: z.infer<typeof teamInputs.member>,
): Promise<{ userId: string }> {
  const { mongo } = request.context
  const teamId = teamOf(request)
  await countOwners(mongo, teamId)
  const { matchedCount } = await mongo.members.updateOne(
    { organizationId: teamId, userId },
    { $set: { role: 'owner' } },
  )
  if (matchedCount === 0) throw notFound('member', userId)
  // Counted only when it is one: a crash in between leaves an owner who does not let the last other one go.
  await mongo.organizations.updateOne({ _id: teamId }, { $addToSet: { owners: userId } })
  return { userId }
}
