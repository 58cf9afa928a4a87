import { queryOptions } from '@tanstack/react-query'
import { createAuthClient } from 'better-auth/react'
import { queryClient } from './trpc.ts'

export const auth = createAuthClient()

export interface Person {
  id: string
  email: string
  name: string
}

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 5 * 60_000,
  queryFn: async (): Promise<Person | null> => {
    const { data, error } = await auth.getSession()
    if (error) throw new Error(error.message ?? error.statusText)
    return data ? { id: data.user.id, email: data.user.email, name: data.user.name } : null
  },
})

export class SignInError extends Error {
  readonly kind: 'credentials' | 'busy' | 'unreachable'
  constructor(kind: SignInError['kind']) {
    super(kind)
    this.kind = kind
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  const { error } = await auth.signIn.email({ email, password }).catch(() => ({ error: { status: 0 } }))
  if (error) {
    const { status } = error
    throw new SignInError(
      status === 429 ? 'busy' : status >= 400 && status < 500 ? 'credentials' : 'unreachable',
    )
  }
  queryClient.clear()
}

export async function signOut(): Promise<void> {
  await auth.signOut()
  queryClient.clear()
}
