import type { Mongo } from '../mongo/mongo.ts'
import type { Auth } from './auth.ts'
import { createPersonalTeam } from './personal-team.ts'

/** Whether somebody can sign in. An account without a password, left by a crash in the middle, does not count. */
export async function anyAccount(mongo: Mongo): Promise<boolean> {
  return (await mongo.accounts.findOne({}, { projection: { _id: 1 } })) !== null
}

/** Whether the address has an account that can sign in. */
export async function hasAccount(auth: Auth, email: string): Promise<boolean> {
  const { internalAdapter } = await auth.$context
  const found = await internalAdapter.findUserByEmail(email, { includeAccounts: true })
  return (found?.accounts.length ?? 0) > 0
}

export interface NewAccount {
  email: string
  password: string
  name: string
  /** Whether it is known that the mailbox is his. */
  emailVerified: boolean
}

/**
 * Makes an account: user, personal team, password. Each step can be repeated, and the password, which makes it count,
 * comes last.
 */
export async function createAccount(
  auth: Auth,
  mongo: Mongo,
  { email, password, name, emailVerified }: NewAccount,
): Promise<{ id: string; email: string; name: string }> {
  const { internalAdapter, password: hasher } = await auth.$context
  const found = await internalAdapter.findUserByEmail(email)
  const user =
    found?.user ??
    (await internalAdapter.createUser({ email, name, emailVerified }, { method: 'email-password' }))
  await createPersonalTeam(mongo, user)
  await internalAdapter.linkAccount({
    userId: user.id,
    accountId: user.id,
    providerId: 'credential',
    password: await hasher.hash(password),
  })
  return { id: user.id, email: user.email, name: user.name }
}
