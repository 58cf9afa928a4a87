import type { EnvChange } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { api, queryClient, trpc } from './trpc.ts'

export function envQuery(appid: string) {
  return trpc.env.list.queryOptions({ appid })
}

function refresh(appid: string): Promise<void> {
  return queryClient.invalidateQueries(trpc.env.list.queryFilter({ appid }))
}

export function useSetEnv() {
  return useMutation(trpc.env.set.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }))
}

export function useUnsetEnv() {
  return useMutation(trpc.env.unset.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }))
}

/** What saving this text in place of all variables would change. */
export function envPreviewQuery(appid: string, text: string) {
  return {
    queryKey: ['env-preview', appid, text],
    queryFn: (): Promise<EnvChange> => api.env.set.mutate({ appid, text, mode: 'replace', dryRun: true }),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  }
}
