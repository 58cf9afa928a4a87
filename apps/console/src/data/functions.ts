import type { FunctionView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from './trpc.ts'

export function functionsQuery(appid: string) {
  return trpc.functions.list.queryOptions({ appid })
}

export function functionQuery(appid: string, name: string) {
  return trpc.functions.get.queryOptions({ appid, name })
}

/** The list, the app's counts and `last publish` change with almost everything one does to a function. */
export function refreshFunctions(appid: string): void {
  void queryClient.invalidateQueries(trpc.functions.list.queryFilter({ appid }))
  void queryClient.invalidateQueries(trpc.apps.get.queryFilter({ appid }))
  void queryClient.invalidateQueries(trpc.apps.list.queryFilter())
}

function remember(appid: string, fn: FunctionView): void {
  queryClient.setQueryData(trpc.functions.get.queryKey({ appid, name: fn.name }), fn)
  refreshFunctions(appid)
}

export function useCreateFunction() {
  return useMutation(
    trpc.functions.create.mutationOptions({ onSuccess: (fn, { appid }) => remember(appid, fn) }),
  )
}

/** The functions in the recycle bin. */
export function deletedQuery(appid: string) {
  return { ...trpc.functions.deleted.queryOptions({ appid }), staleTime: 0 }
}

/** A function has another name from now on. */
export function renamed(appid: string, name: string, fn: FunctionView): void {
  // One that is still shown would ask for what is gone; it goes when the page has moved on.
  queryClient.removeQueries({ ...trpc.functions.get.queryFilter({ appid, name }), type: 'inactive' })
  remember(appid, fn)
}

export function useUpdateFunction() {
  return useMutation(
    trpc.functions.update.mutationOptions({ onSuccess: (fn, { appid }) => remember(appid, fn) }),
  )
}

export function useDeleteFunction() {
  return useMutation(
    trpc.functions.delete.mutationOptions({
      onSuccess: (_, { appid, name }) => {
        // One that is still shown would ask for what is gone; it goes when the page has moved on.
        queryClient.removeQueries({ ...trpc.functions.get.queryFilter({ appid, name }), type: 'inactive' })
        refreshFunctions(appid)
      },
    }),
  )
}

export function useRestoreFunction() {
  return useMutation(
    trpc.functions.restore.mutationOptions({ onSuccess: (fn, { appid }) => remember(appid, fn) }),
  )
}

/** After a publish or a rollback: what is live changed, so look again. */
export async function refetchFunction(appid: string, name: string): Promise<FunctionView> {
  refreshFunctions(appid)
  return queryClient.fetchQuery({ ...functionQuery(appid, name), staleTime: 0 })
}
