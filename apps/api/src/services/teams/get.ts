import type { TeamDetails } from '@lathe/shared'
import { membershipIn } from '../../auth/memberships.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamDocOf } from './scope.ts'
import { teamView } from './view.ts'

/** A team, and how much of what it has. */
export async function getTeam(request: SignedRequest): Promise<TeamDetails> {
  const { context, caller } = request
  const { mongo } = context
  const team = await teamDocOf(request)
  const { _id } = team
  const [member, apps, members, tokens, invitations] = await Promise.all([
    membershipIn(mongo, caller, _id),
    mongo.apps.countDocuments({ teamId: _id }),
    mongo.members.countDocuments({ organizationId: _id }),
    mongo.apiKeys.countDocuments({ referenceId: _id }),
    mongo.invitations.countDocuments({
      organizationId: _id,
      status: 'pending',
      expiresAt: { $gt: new Date() },
    }),
  ])
  return {
    ...teamView(team, member?.role ?? 'viewer', caller.userId),
    counts: { apps, members, tokens, invitations },
    mail: context.mailer.isReady,
  }
}
