import type { TeamView } from '@lathe/shared'
import { memberships } from '../../auth/memberships.ts'
import { personalSlug } from '../../auth/personal-team.ts'
import type { SignedRequest } from '../../request-context.ts'

/** The caller's teams, the personal one first. */
export async function listTeams({ context, caller }: SignedRequest): Promise<TeamView[]> {
  const { mongo } = context
  const held = await memberships(mongo, caller)
  const teams = await mongo.organizations.find({ _id: { $in: held.map(({ teamId }) => teamId) } }).toArray()
  const views = teams.map(({ _id, name, slug }) => ({
    id: _id,
    name,
    role: held.find(({ teamId }) => teamId === _id)?.role ?? 'viewer',
    personal: slug === personalSlug(caller.userId),
  }))
  return views.sort((a, b) => Number(b.personal) - Number(a.personal) || a.name.localeCompare(b.name))
}
