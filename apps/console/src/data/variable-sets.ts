import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from './trpc.ts'

export function variableSetsQuery(appid: string) {
  return trpc.variableSets.list.queryOptions({ appid })
}

const options = {
  onSuccess: (_: unknown, { appid }: { appid: string }) =>
    queryClient.invalidateQueries(trpc.variableSets.list.queryFilter({ appid })),
}

export function useSaveVariableSet() {
  return useMutation(trpc.variableSets.save.mutationOptions(options))
}

export function useDeleteVariableSet() {
  return useMutation(trpc.variableSets.delete.mutationOptions(options))
}
