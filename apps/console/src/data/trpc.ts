import type { AppRouter } from '@lathe/api'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { reasonOf } from './errors.ts'
import { PostEventSource } from './post-event-source.ts'

/** Set by the router: where a person goes whose session has ended. */
let signedOut: () => void = () => {}
export function onSignedOut(handler: () => void): void {
  signedOut = handler
}

function watch(error: unknown): void {
  if (reasonOf(error) === 'UNAUTHENTICATED') signedOut()
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watch }),
  mutationCache: new MutationCache({ onError: watch }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal with a reason will be the same the next time; a broken connection may not.
      retry: (failures, error) => reasonOf(error) === null && failures < 2,
    },
  },
})

/** EventSource's constructor type asks for handler properties that tRPC never uses. */
const eventSource = PostEventSource as unknown as typeof EventSource

export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (op) => op.type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc', EventSource: eventSource }),
      false: httpLink({ url: '/trpc' }),
    }),
  ],
})

export const trpc = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient })
