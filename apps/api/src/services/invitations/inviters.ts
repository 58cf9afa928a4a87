import { hasRole } from '@lathe/shared'
import { roleOf } from '../../auth/memberships.ts'
import type { Context } from '../../context.ts'
import type { InvitationDoc } from '../../mongo/account-documents.ts'

/**
 * Which invitations of a team still have somebody behind them: who was removed, or may invite no more, brings nobody in
 * by links that he has kept. What a team's token has sent is the team's own word.
 */
export async function invitersOf(
  { mongo }: Pick<Context, 'mongo'>,
  teamId: string,
  docs: Pick<InvitationDoc, 'inviterId'>[],
): Promise<(doc: Pick<InvitationDoc, 'inviterId'>) => boolean> {
  const accounts = [...new Set(docs.flatMap(({ inviterId }) => inviterId ?? []))]
  const members = await mongo.members.find({ organizationId: teamId, userId: { $in: accounts } }).toArray()
  const mayInvite = new Set(
    members.filter((one) => hasRole(roleOf(one.role), 'admin')).map(({ userId }) => userId),
  )
  return ({ inviterId }) =>
    inviterId === undefined || inviterId.startsWith('token:') || mayInvite.has(inviterId)
}
