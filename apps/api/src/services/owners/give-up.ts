import type { Mongo } from '../../mongo/mongo.ts'
import { notFound, Refusal } from '../../refusal.ts'

/**
 * Takes an ownership away, in one atomic step that wants the one who does it to be an owner still and another one to stay:
 * of two owners who remove each other at once, one succeeds. Can be repeated; the role in the membership comes after.
 * @throws Refusal LAST_OWNER, FORBIDDEN (the other was quicker), NOT_FOUND (no such team)
 */
export async function giveUpOwnership(
  mongo: Mongo,
  teamId: string,
  by: string,
  whose: string,
): Promise<void> {
  await countOwners(mongo, teamId)
  const { modifiedCount } = await mongo.organizations.updateOne(
    { _id: teamId, owners: { $all: [by, whose] }, 'owners.1': { $exists: true } },
    { $pull: { owners: whose } },
  )
  if (modifiedCount > 0) return
  const team = await mongo.organizations.findOne({ _id: teamId })
  if (!team?.owners) throw notFound('team', teamId)
  if (!team.owners.includes(whose) && by === whose) return
  if (!team.owners.includes(by)) throw new Refusal('FORBIDDEN', 'You are no longer an owner of this team.')
  if (team.owners.includes(whose)) {
    throw new Refusal('LAST_OWNER', 'This is the last owner: make somebody else an owner first.')
  }
}

/** Teams from before ownership was counted: their memberships say who the owners are. */
export async function countOwners(mongo: Mongo, teamId: string): Promise<void> {
  const uncounted = await mongo.organizations.findOne({ _id: teamId, owners: { $exists: false } })
  if (!uncounted) return
  const owners = await mongo.members.find({ organizationId: teamId, role: 'owner' }).toArray()
  await mongo.organizations.updateOne(
    { _id: teamId, owners: { $exists: false } },
    { $set: { owners: owners.map(({ userId }) => userId) } },
  )
}
