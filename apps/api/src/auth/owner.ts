import type { Mongo } from '../mongo/mongo.ts'
import type { Auth } from './auth.ts'
import { createPersonalTeam } from './personal-team.ts'

/** Whether somebody can sign in. An account without a password, left by a crash in the middle, does not count. */
export async function anyAccount(mongo: Mongo): Promise<boolean> {
  return (await mongo.accounts.findOne({}, { projection: { _id: 1 } })) !== null
}

/**
 * Makes the first account: user, personal team, password. Each step can be repeated, and the password, which makes
 * it count, comes last.
 */
export async function createOwner(
  auth: Auth,
  mongo: Mongo,
  owner: { email: string; password: string; name: string },
): Promise<{ id: string; email: string; name: string }> {
  const { internalAdapter, password } = await auth.$context
  const found = await internalAdapter.findUserByEmail(owner.email)
  const user =
    found?.user ??
    (await internalAdapter.createUser(
      { email: owner.email, name: owner.name, emailVerified: true },
      { method: 'email-password' },
    ))
  await createPersonalTeam(mongo, user)
  await internalAdapter.linkAccount({
    userId: user.id,
    accountId: user.id,
    providerId: 'credential',
    password: await password.hash(owner.password),
  })
  return { id: user.id, email: user.email, name: user.name }
}
