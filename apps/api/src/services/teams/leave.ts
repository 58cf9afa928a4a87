import type { teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import { membershipIn } from '../../auth/memberships.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { giveUpOwnership } from '../owners/give-up.ts'

/** The caller goes. An owner may go while another one stays. */
export async function leaveTeam(
  { context: { mongo }, caller }: SignedRequest,
  { teamId }: z.infer<typeof teamInputs.team>,
): Promise<{ teamId: string }> {
  const member = await membershipIn(mongo, caller, teamId)
  if (!member) throw notFound('team', teamId)
  if (member.role === 'owner') await giveUpOwnership(mongo, teamId, caller.userId, caller.userId)
  await mongo.members.deleteOne({ organizationId: teamId, userId: caller.userId })
  return { teamId }
}
