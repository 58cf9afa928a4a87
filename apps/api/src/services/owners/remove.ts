import type { teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'
import { giveUpOwnership } from './give-up.ts'

/** Makes an owner (or oneself) a member of a lesser role. One owner stays. */
export async function removeOwner(
  request: SignedRequest,
  { userId, role }: z.infer<typeof teamInputs.ownerRemove>,
): Promise<{ userId: string }> {
  const { mongo } = request.context
  const teamId = teamOf(request)
  const member = await mongo.members.findOne({ organizationId: teamId, userId })
  if (!member) throw notFound('member', userId)
  await giveUpOwnership(mongo, teamId, request.caller.userId, userId)
  await mongo.members.updateOne({ organizationId: teamId, userId, role: 'owner' }, { $set: { role } })
  return { userId }
}
