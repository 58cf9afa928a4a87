import type { ApiEnv } from '@lathe/shared'
import type { Logger } from 'pino'
import { randomToken, sha256 } from '../hash.ts'
import type { Mongo } from '../mongo/mongo.ts'
import { anyAccount, createAccount } from './accounts.ts'
import type { Auth } from './auth.ts'

const LINK_LIFETIME_MS = 24 * 3600 * 1000

/**
 * What a start does about accounts: nothing when there is one; makes the owner that the settings name; else mints
 * a new one-time link, which makes those of earlier starts worthless.
 * @returns the link, or null when an account exists
 */
export async function firstRun(env: ApiEnv, auth: Auth, mongo: Mongo, log: Logger): Promise<string | null> {
  if (await anyAccount(mongo)) {
    await mongo.setup.deleteOne({ _id: 'setup' })
    return null
  }
  if (env.LATHE_OWNER_EMAIL && env.LATHE_OWNER_PASSWORD) {
    const email = env.LATHE_OWNER_EMAIL
    const name = email.slice(0, email.indexOf('@'))
    await createAccount(auth, mongo, { email, password: env.LATHE_OWNER_PASSWORD, name, emailVerified: true })
    log.info('made the owner that LATHE_OWNER_EMAIL names')
    return null
  }
  const token = randomToken()
  await mongo.setup.updateOne(
    { _id: 'setup' },
    { $set: { tokenHash: sha256(token), expiresAt: new Date(Date.now() + LINK_LIFETIME_MS) } },
    { upsert: true },
  )
  return `${env.LATHE_CONSOLE_URL}/setup?token=${token}`
}
