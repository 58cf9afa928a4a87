import type { Context } from '../../context.ts'

/**
 * Takes an account's second factor away, for who has lost it and his backup codes.
 * @returns what was done, for a person; null where the address has no account
 */
export async function removeTwoFactor({ mongo }: Context, email: string): Promise<string | null> {
  const user = await mongo.users.findOneAndUpdate({ email }, { $set: { twoFactorEnabled: false } })
  if (!user) return null
  const { deletedCount } = await mongo.twoFactors.deleteMany({ userId: user._id })
  return deletedCount > 0 ? `${email} signs in by its password alone now.` : `${email} had no second factor.`
}
