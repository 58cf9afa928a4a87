import { type TeamRole, teamRoleSchema } from '@lathe/shared'
import type { Filter } from 'mongodb'
import type { AppDoc } from '../mongo/documents.ts'
import type { Mongo } from '../mongo/mongo.ts'
import type { Caller } from '../request-context.ts'

export interface Membership {
  teamId: string
  role: TeamRole
}

/** The teams of the caller. A team's own token is in that team alone, with all that its scope then leaves of it. */
export async function memberships(mongo: Mongo, { userId, token }: Caller): Promise<Membership[]> {
  if (token?.teamId) return [{ teamId: token.teamId, role: 'admin' }]
  const found = await mongo.members.find({ userId }).toArray()
  return found.map(({ organizationId, role }) => ({ teamId: organizationId, role: roleOf(role) }))
}

/** The caller's place in one team, or null. */
export async function membershipIn(
  mongo: Mongo,
  { userId, token }: Caller,
  teamId: string,
): Promise<Membership | null> {
  if (token?.teamId) return token.teamId === teamId ? { teamId, role: 'admin' } : null
  const found = await mongo.members.findOne({ userId, organizationId: teamId })
  return found && { teamId, role: roleOf(found.role) }
}

/** The part of a filter over apps that a token which is limited to some of them adds. */
export function appsOf({ token }: Caller): Filter<AppDoc> {
  return token?.apps ? { _id: { $in: token.apps } } : {}
}

/** A role that is unknown here counts as the least. */
export function roleOf(stored: string): TeamRole {
  const known = teamRoleSchema.safeParse(stored)
  return known.success ? known.data : 'viewer'
}
