import type { FiringView, TriggerView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from './trpc.ts'

const QUICK_MS = 1_000
const SLOW_MS = 10_000

/** Looks again soon while something runs. */
export function triggersQuery(appid: string) {
  return {
    ...trpc.triggers.list.queryOptions({ appid }),
    refetchInterval: (query: { state: { data: TriggerView[] | undefined } }) =>
      query.state.data?.some(({ last }) => last?.outcome === 'running') ? QUICK_MS : SLOW_MS,
  }
}

export function historyQuery(appid: string, id: string) {
  return {
    ...trpc.triggers.history.queryOptions({ appid, id }),
    refetchInterval: (query: { state: { data: FiringView[] | undefined } }) =>
      query.state.data?.some(({ outcome }) => outcome === 'running') ? QUICK_MS : SLOW_MS,
  }
}

/** The next ticks of a schedule that is being written. */
export function previewQuery(appid: string, cron: string, timeZone: string) {
  return { ...trpc.triggers.preview.queryOptions({ appid, cron, timeZone }), retry: false }
}

async function refresh(appid: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries(trpc.triggers.list.queryFilter({ appid })),
    queryClient.invalidateQueries(trpc.triggers.history.queryFilter()),
  ])
}

export function useSaveTrigger() {
  return useMutation(trpc.triggers.save.mutationOptions({ onSuccess: (_, { appid }) => refresh(appid) }))
}

export function useDeleteTrigger() {
  return useMutation(trpc.triggers.delete.mutationOptions({ onSuccess: (_, { appid }) => refresh(appid) }))
}

export function useRunTrigger() {
  return useMutation(trpc.triggers.run.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }))
}
