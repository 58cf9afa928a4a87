import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, trpc } from './trpc.ts'

const PAGE = 50

/** A function's revisions, the newest first; pages go back in time. */
export function revisionsQuery(appid: string, name: string) {
  return infiniteQueryOptions({
    queryKey: ['revisions', appid, name],
    queryFn: ({ pageParam }) =>
      api.revisions.list.query({ appid, name, limit: PAGE, ...(pageParam ? { before: pageParam } : {}) }),
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.revision),
    staleTime: 0,
  })
}

/** One revision with its source, which never changes. */
export function revisionQuery(appid: string, name: string, revision: number) {
  return trpc.revisions.get.queryOptions(
    { appid, name, revision },
    { staleTime: Number.POSITIVE_INFINITY, enabled: revision > 0 },
  )
}
