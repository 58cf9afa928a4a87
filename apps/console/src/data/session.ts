import { queryOptions } from '@tanstack/react-query'
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

export class SignInError extends Error {
  readonly kind: 'credentials' | 'busy' | 'unreachable'
  constructor(kind: SignInError['kind']) {
    super(kind)
    this.kind = kind
  }
}

/** Only signing in and out needs the client, so the pages in between are not kept waiting for it. */
async function authClient() {
  const { createAuthClient } = await import('better-auth/client')
  return createAuthClient()
}

export async function signIn(email: string, password: string): Promise<void> {
  const auth = await authClient()
  const { error } = await auth.signIn.email({ email, password }).catch(() => ({ error: { status: 0 } }))
  if (error) {
    const { status } = error
    throw new SignInError(
      status === 429 ? 'busy' : status >= 400 && status < 500 ? 'credentials' : 'unreachable',
    )
  }
  queryClient.clear()
}

/** @param next where to go on after the next sign-in */
export async function signOut(next?: string): Promise<void> {
  const auth = await authClient()
  await auth.signOut()
  localStorage.removeItem('lathe:requests')
  // A fresh page: nothing of this person's work stays in memory.
  location.assign(next ? `/sign-in?next=${encodeURIComponent(next)}` : '/sign-in')
}
