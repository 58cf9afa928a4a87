import { passkey } from '@better-auth/passkey'
import type { ApiEnv } from '@lathe/shared'
import { APIError, type BetterAuthOptions, type BetterAuthPlugin } from 'better-auth'
import { mongodbAdapter } from 'better-auth/adapters/mongodb'
// The narrow entries: the wide ones load every adapter and plugin there is, and each start pays for it.
import { betterAuth } from 'better-auth/minimal'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { ObjectId } from 'mongodb'
import type { Logger } from 'pino'
import type { Mongo } from '../mongo/mongo.ts'
import { derivedKey } from '../secret-box.ts'
import { oneTimeCodes } from './one-time-codes.ts'
import { consoleOrigins } from './origin.ts'
import { createPersonalTeam } from './personal-team.ts'

/** How often a session that is used says so: what the list of sessions calls last seen. */
const SEEN_SECONDS = 600

function options(env: ApiEnv, mongo: Mongo, log: Logger, more: BetterAuthPlugin[]) {
  const origins = consoleOrigins(env.LATHE_CONSOLE_URL)
  return {
    appName: 'Lathe',
    baseURL: env.LATHE_CONSOLE_URL,
    basePath: '/api/auth',
    secret: derivedKey(env.LATHE_SECRET_KEY, 'sessions'),
    trustedOrigins: origins,
    database: mongodbAdapter(mongo.db),
    emailAndPassword: {
      enabled: true,
      // Accounts are made by the first run's link, and later by invitation: nobody signs up by himself.
      disableSignUp: true,
      minPasswordLength: 8,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
    },
    session: { expiresIn: 30 * 24 * 3600, updateAge: SEEN_SECONDS },
    // Whoever reads the database gets no link that still works.
    verification: { storeIdentifier: 'hashed' },
    account: { encryptOAuthTokens: true, updateAccountOnSignIn: false },
    // It counts what is right, too, and forgets with the process: guesses.ts counts instead.
    rateLimit: { enabled: false },
    onAPIError: { errorURL: `${env.LATHE_CONSOLE_URL}/sign-in` },
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
    plugins: [twoFactor(), oneTimeCodes(mongo), passkeys(env.LATHE_CONSOLE_URL, origins), ...more],
  } satisfies BetterAuthOptions
}

/**
 * A passkey signs in without a password and a second factor, so it has to be both: the authenticator must have asked for
 * a finger, a face or a PIN. better-auth asks for that, but takes an answer without it.
 */
function passkeys(consoleUrl: string, origins: string[]) {
  return passkey({
    rpID: new URL(consoleUrl).hostname,
    rpName: 'Lathe',
    origin: origins,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: ({ verification }) => requireVerified(verification.registrationInfo?.userVerified),
    },
    authentication: {
      afterVerification: ({ verification }) => requireVerified(verification.authenticationInfo.userVerified),
    },
  })
}

function requireVerified(userVerified: boolean | undefined): undefined {
  if (userVerified) return
  throw new APIError('UNAUTHORIZED', {
    message: 'This key did not ask who you are: use one with a PIN, a finger or a face.',
  })
}

/**
 * Accounts and sessions, kept in the platform's database. Teams and tokens are ours: docs/ARCHITECTURE.md says why.
 * @param more what only some of them need: see single-sign-on.ts
 */
export function createAuth(env: ApiEnv, mongo: Mongo, log: Logger, more: BetterAuthPlugin[] = []) {
  return betterAuth(options(env, mongo, log, more))
}
export type Auth = ReturnType<typeof createAuth>
