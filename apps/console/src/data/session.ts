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

/** Why nobody was signed in. */
export class SignInError extends Error {
  readonly kind: 'credentials' | 'busy' | 'unreachable'
  /** Of `busy`: when to try again, as far as the answer says. */
  readonly minutes: number

  constructor(kind: SignInError['kind'], minutes = 0) {
    super(kind)
    this.kind = kind
    this.minutes = minutes
  }
}

function signInError(status: number, retryAfter: string | null): SignInError {
  if (status === 429) return new SignInError('busy', Math.max(1, Math.ceil(Number(retryAfter) / 60)))
  return new SignInError(status >= 400 && status < 500 ? 'credentials' : 'unreachable')
}

/** Only signing in and out needs the client, so the pages in between are not kept waiting for it. */
async function authClient() {
  const { createAuthClient } = await import('better-auth/client')
  return createAuthClient()
}

export async function signIn(email: string, password: string): Promise<void> {
  const auth = await authClient()
  let retryAfter: string | null = null
  const onError = ({ response }: { response: Response }) => {
    retryAfter = response.headers.get('retry-after')
  }
  const { error } = await auth.signIn
    .email({ email, password }, { onError })
    .catch(() => ({ error: { status: 0 } }))
  if (error) throw signInError(error.status, retryAfter)
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
