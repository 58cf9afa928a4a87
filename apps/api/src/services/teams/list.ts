import type { TeamView } from '@lathe/shared'
import { memberships } from '../../auth/memberships.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamView } from './view.ts'

/** The caller's teams, the personal one first. */
export async function listTeams({ context, caller }: SignedRequest): Promise<TeamView[]> {
  const { mongo } = context
  const held = new Map((await memberships(mongo, caller)).map(({ teamId, role }) => [teamId, role]))
  const teams = await mongo.organizations.find({ _id: { $in: [...held.keys()] } }).toArray()
  return teams
    .map((team) => teamView(team, held.get(team._id) ?? 'viewer', caller.userId))
    .sort((a, b) => Number(b.personal) - Number(a.personal) || a.name.localeCompare(b.name))
}
