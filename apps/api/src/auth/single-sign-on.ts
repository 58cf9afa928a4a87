import type { ApiEnv } from '@lathe/shared'
import { genericOAuth } from 'better-auth/plugins/generic-oauth'
import type { Logger } from 'pino'
import type { Mongo } from '../mongo/mongo.ts'
import { type Auth, createAuth } from './auth.ts'

/** What the provider is called in addresses and in the database. */
export const PROVIDER_ID = 'sso'

/**
 * Signing in by the identity provider of the settings (OpenID Connect: authorization code with PKCE, nonce, and ID tokens
 * verified by the provider's keys).
 *
 * better-auth asks a provider for its endpoints when it is made, and goes without one that does not answer. So it has
 * a better-auth of its own, made when somebody first signs in by it, and anew until the provider answers.
 */
export class SingleSignOn {
  #make: (() => Promise<Auth | null>) | null
  #auth: Promise<Auth | null> | null = null

  constructor(env: ApiEnv, mongo: Mongo, log: Logger) {
    const { LATHE_OIDC_ISSUER: issuer, LATHE_OIDC_CLIENT_ID: clientId } = env
    const clientSecret = env.LATHE_OIDC_CLIENT_SECRET
    this.#make = null
    if (!issuer || !clientId || !clientSecret) return
    this.#make = async () => {
      const auth = createAuth(env, mongo, log, [
        genericOAuth({
          config: [
            {
              providerId: PROVIDER_ID,
              discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
              clientId,
              clientSecret,
              scopes: ['openid', 'email', 'profile'],
              pkce: true,
              requireIdTokenVerification: true,
              disableSignUp: !env.LATHE_OIDC_SIGN_UP,
            },
          ],
        }),
      ])
      const { socialProviders } = await auth.$context
      return socialProviders.some(({ id }) => id === PROVIDER_ID) ? auth : null
    }
  }

  /** @returns null where there is no provider, or it does not answer */
  async auth(): Promise<Auth | null> {
    if (!this.#make) return null
    this.#auth ??= this.#make()
    const auth = await this.#auth.catch(() => null)
    if (auth === null) this.#auth = null
    return auth
  }
}
