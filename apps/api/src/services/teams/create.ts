import type { TeamView, teamInputs } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamView } from './view.ts'

const MAX_TEAMS = 100

/** Makes a team whose owner is the caller. */
export async function createTeam(
  { context: { mongo }, caller }: SignedRequest,
  { name }: z.infer<typeof teamInputs.create>,
): Promise<TeamView> {
  const { userId } = caller
  const held = await mongo.members.countDocuments({ userId, role: 'owner' }, { limit: MAX_TEAMS })
  if (held >= MAX_TEAMS) {
    throw new Refusal('LIMIT_REACHED', `You can own ${MAX_TEAMS} teams.`, { limit: MAX_TEAMS })
  }
  const _id = new ObjectId().toHexString()
  const createdAt = new Date()
  const team = { _id, name, slug: `team-${_id}`, owners: [userId], createdAt }
  // The membership comes first: a team without it would be nobody's.
  await mongo.members.insertOne({
    _id: new ObjectId().toHexString(),
    organizationId: _id,
    userId,
    role: 'owner',
    createdAt,
  })
  await mongo.organizations.insertOne(team)
  return teamView(team, 'owner', userId)
}
