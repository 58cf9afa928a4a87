import { type TeamRole, teamRoleSchema } from '@lathe/shared'
import type { Mongo } from '../../mongo/mongo.ts'
import { Refusal } from '../../refusal.ts'

/** What a role may do with a team's apps. Each role may do what those before it may. */
const ranks: Record<TeamRole, number> = { viewer: 0, developer: 1, admin: 2, owner: 3 }

export interface Membership {
  teamId: string
  role: TeamRole
}

/** The teams of an account. */
export async function memberships(mongo: Mongo, userId: string): Promise<Membership[]> {
  const found = await mongo.members.find({ userId }).toArray()
  return found.map(({ organizationId, role }) => ({ teamId: organizationId, role: roleOf(role) }))
}

/** A role that is unknown here counts as the least. */
export function roleOf(stored: string): TeamRole {
  const known = teamRoleSchema.safeParse(stored)
  return known.success ? known.data : 'viewer'
}

export function requireRole(held: TeamRole, needed: TeamRole): void {
  if (ranks[held] >= ranks[needed]) return
  throw new Refusal('FORBIDDEN', `Your role in this team is ${held}; this takes ${needed} or above.`)
}
