import { ObjectId } from 'mongodb'
import type { OrganizationDoc } from '../mongo/account-documents.ts'
import { isDuplicate } from '../mongo/errors.ts'
import type { Mongo } from '../mongo/mongo.ts'

export function personalSlug(userId: string): string {
  return `personal-${userId}`
}

export function personalTeamOf(mongo: Mongo, userId: string): Promise<OrganizationDoc | null> {
  return mongo.organizations.findOne({ slug: personalSlug(userId) })
}

/** The team that every account has from the start. Can be repeated: what is there stays as it is. */
export async function createPersonalTeam(mongo: Mongo, user: { id: string; name: string }): Promise<void> {
  const slug = personalSlug(user.id)
  const team = await mongo.organizations.findOneAndUpdate(
    { slug },
    {
      $setOnInsert: {
        _id: new ObjectId().toHexString(),
        name: user.name || 'Personal',
        owners: [user.id],
        createdAt: new Date(),
      },
    },
    { upsert: true, returnDocument: 'after' },
  )
  if (!team) throw new Error('the personal team was not written')
  try {
    await mongo.members.insertOne({
      _id: new ObjectId().toHexString(),
      organizationId: team._id,
      userId: user.id,
      role: 'owner',
      createdAt: new Date(),
    })
  } catch (error) {
    if (!isDuplicate(error)) throw error
  }
}
