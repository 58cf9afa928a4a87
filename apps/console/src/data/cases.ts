import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorText } from './errors.ts'
import { queryClient, trpc } from './trpc.ts'

/** All cases of an app, by function and in their order. */
export function casesQuery(appid: string) {
  return trpc.cases.list.queryOptions({ appid })
}

const options = {
  onSuccess: (_: unknown, { appid }: { appid: string }) =>
    queryClient.invalidateQueries(trpc.cases.list.queryFilter({ appid })),
  onError: (error: unknown) => void toast.error(errorText(error)),
}

export function useSaveCase() {
  return useMutation(trpc.cases.save.mutationOptions(options))
}

export function useMoveCase() {
  return useMutation(trpc.cases.move.mutationOptions(options))
}

export function useDeleteCase() {
  return useMutation(trpc.cases.delete.mutationOptions(options))
}

export function useRestoreCase() {
  return useMutation(trpc.cases.restore.mutationOptions(options))
}
