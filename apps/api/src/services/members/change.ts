import type { teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'

const notOwner = { role: { $ne: 'owner' } } as const

/** Gives a member another role; an owner's is taken by `owners.remove` alone. */
export async function setRole(
  request: SignedRequest,
  { userId, role }: z.infer<typeof teamInputs.setRole>,
): Promise<{ userId: string; role: string }> {
  const { matchedCount } = await request.context.mongo.members.updateOne(
    { organizationId: teamOf(request), userId, ...notOwner },
    { $set: { role } },
  )
  if (matchedCount === 0) throw await obstacle(request, userId)
  return { userId, role }
}

/** Takes a member out of the team. What he made stays; his own tokens no longer reach the team's apps. */
export async function removeMember(
  request: SignedRequest,
  { userId }: z.infer<typeof teamInputs.member>,
): Promise<{ userId: string }> {
  const { deletedCount } = await request.context.mongo.members.deleteOne({
    organizationId: teamOf(request),
    userId,
    ...notOwner,
  })
  if (deletedCount === 0) throw await obstacle(request, userId)
  return { userId }
}

async function obstacle(request: SignedRequest, userId: string): Promise<Refusal> {
  const member = await request.context.mongo.members.findOne({ organizationId: teamOf(request), userId })
  return member
    ? new Refusal('FORBIDDEN', 'An owner’s role is changed by owners alone, under Ownership.')
    : notFound('member', userId)
}
