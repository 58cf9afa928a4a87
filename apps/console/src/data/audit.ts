import { trpc } from './trpc.ts'

/** The audit log of a team, page by page. */
export function auditQuery(teamId: string, search: string) {
  return trpc.audit.list.infiniteQueryOptions(
    { teamId, search },
    { getNextPageParam: ({ next }) => next, initialCursor: null, staleTime: 0 },
  )
}
