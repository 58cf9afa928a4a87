import { queryOptions } from '@tanstack/react-query'
import { authCall } from './auth-call.ts'
import { reasonOf } from './errors.ts'
import { api, queryClient } from './trpc.ts'

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 5 * 60_000,
  queryFn: () =>
    api.account.me.query().catch((error: unknown) => {
      if (reasonOf(error) === 'UNAUTHENTICATED') return null
      throw error
    }),
})

/** @returns whether he is in, or has to show his second factor first */
export async function signIn(email: string, password: string): Promise<'in' | 'second-factor'> {
  const answer = await authCall<{ twoFactorRedirect?: boolean }>('/sign-in/email', { email, password })
  if (answer.twoFactorRedirect) return 'second-factor'
  queryClient.clear()
  return 'in'
}

/** @param kind of the code: of the authenticator app, or one of those for when it is lost */
export async function sendSecondFactor(kind: 'totp' | 'backup-code', code: string): Promise<void> {
  await authCall(`/two-factor/verify-${kind}`, { code })
  queryClient.clear()
}

/** Leaves this page for the identity provider's, which sends back to `next`. */
export async function signInByProvider(next: string): Promise<void> {
  const { url } = await authCall<{ url: string }>('/sign-in/social', {
    provider: 'sso',
    callbackURL: next,
    errorCallbackURL: '/sign-in',
  })
  location.assign(url)
}

/** @param next where to go on after the next sign-in */
export async function signOut(next?: string): Promise<void> {
  await authCall('/sign-out', {})
  localStorage.removeItem('lathe:requests')
  // A fresh page: nothing of this person's work stays in memory.
  location.assign(next ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in')
}
