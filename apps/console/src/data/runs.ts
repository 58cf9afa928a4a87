import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { errorText } from './errors.ts'
import { queryClient, trpc } from './trpc.ts'

/** One's own past runs of a function, the newest first. */
export function pastRunsQuery(appid: string, name: string) {
  return trpc.runs.history.queryOptions({ appid, name, limit: 100 })
}

export function refreshPastRuns(appid: string): Promise<void> {
  return queryClient.invalidateQueries(trpc.runs.history.queryFilter({ appid }))
}

export function useForgetRuns() {
  return useMutation(
    trpc.runs.forget.mutationOptions({
      onSuccess: (_, { appid }) => refreshPastRuns(appid),
      onError: (error) => void toast.error(errorText(error)),
    }),
  )
}
