import type { LogLevel, StatusClass } from '@lathe/shared'
import { trpc } from './trpc.ts'

interface Filter {
  appid: string
  functionName?: string
  requestId?: string
  from?: string
  to?: string
}

const PAGE = 200

/** Stored lines, the newest first; pages go back in time. */
export function linesQuery(
  filter: Filter & { level?: LogLevel; text?: string; regex?: boolean; upTo?: string },
) {
  return trpc.logs.query.infiniteQueryOptions(
    { ...filter, limit: PAGE },
    { getNextPageParam: ({ cursor }) => cursor ?? undefined, staleTime: Number.POSITIVE_INFINITY },
  )
}

/** Records of requests, the newest first. */
export function invocationsQuery(filter: Filter & { status?: StatusClass }) {
  return trpc.invocations.list.infiniteQueryOptions(
    { ...filter, limit: PAGE },
    { getNextPageParam: ({ cursor }) => cursor ?? undefined, staleTime: Number.POSITIVE_INFINITY },
  )
}

export function invocationQuery(appid: string, requestId: string) {
  return trpc.invocations.get.queryOptions({ appid, requestId })
}
