import type { ApiEnv } from '@lathe/shared'
import type { BetterAuthOptions } from 'better-auth'
import { mongodbAdapter } from 'better-auth/adapters/mongodb'
// The narrow entries: the wide ones load every adapter and plugin there is, and each start pays for it.
import { betterAuth } from 'better-auth/minimal'
import { ObjectId } from 'mongodb'
import type { Logger } from 'pino'
import type { Mongo } from '../mongo/mongo.ts'
import { derivedKey } from '../secret-box.ts'
import { consoleOrigins } from './origin.ts'
import { createPersonalTeam } from './personal-team.ts'

function options(env: ApiEnv, mongo: Mongo, log: Logger) {
  return {
    appName: 'Lathe',
    baseURL: env.LATHE_CONSOLE_URL,
    basePath: '/api/auth',
    secret: derivedKey(env.LATHE_SECRET_KEY, 'sessions'),
    trustedOrigins: consoleOrigins(env.LATHE_CONSOLE_URL),
    database: mongodbAdapter(mongo.db),
    // Accounts are made by the first run's link, and later by invitation: nobody signs up by himself.
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: 30 * 24 * 3600, updateAge: 24 * 3600 },
    // It counts what is right, too, and forgets with the process: guesses.ts counts instead.
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'lathe',
      // Plain strings, so that documents of ours refer to accounts and teams without a conversion.
      database: { generateId: () => new ObjectId().toHexString() },
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: ['x-forwarded-for'] },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      log: (level, message) => log[level === 'error' ? 'error' : 'warn']({ part: 'auth' }, message),
    },
    databaseHooks: {
      user: { create: { after: (user) => createPersonalTeam(mongo, user) } },
    },
  } satisfies BetterAuthOptions
}

/** Accounts and sessions, kept in the platform's database. Teams and tokens are ours: docs/ARCHITECTURE.md says why. */
export function createAuth(env: ApiEnv, mongo: Mongo, log: Logger) {
  return betterAuth(options(env, mongo, log))
}
export type Auth = ReturnType<typeof createAuth>
