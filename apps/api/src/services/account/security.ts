import type { SecurityView, SignInOptions } from '@lathe/shared'
import type { RequestContext, SignedRequest } from '../../request-context.ts'

/** How the caller's account is secured. */
export async function security({ context, caller }: SignedRequest): Promise<SecurityView> {
  const { mongo, auth, mailer } = context
  const { internalAdapter } = await auth.$context
  const [user, account, passkeys] = await Promise.all([
    mongo.users.findOne({ _id: caller.userId }),
    internalAdapter.findCredentialAccount(caller.userId),
    mongo.passkeys.find({ userId: caller.userId }).limit(100).toArray(),
  ])
  return {
    email: caller.email,
    emailVerified: user?.emailVerified ?? false,
    hasPassword: Boolean(account?.password),
    twoFactor: user?.twoFactorEnabled ?? false,
    passkeys: passkeys.map(({ _id, name, createdAt }) => ({
      id: _id,
      name: name ?? '',
      createdAt: (createdAt ?? new Date(0)).toISOString(),
    })),
    mail: mailer.isReady,
  }
}

/** What the sign-in page offers, for whoever comes to it. */
export async function signInOptions({ context }: RequestContext): Promise<SignInOptions> {
  return { mail: context.mailer.isReady, singleSignOn: context.env.LATHE_OIDC_NAME ?? null }
}
