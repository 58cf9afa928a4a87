import type { AppPhase, AppView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from './trpc.ts'

const MOVING: AppPhase[] = ['creating', 'starting', 'stopping', 'deleting']

/** How soon to look again: quickly while something is on its way, now and then otherwise. */
function pace({ state, phase }: AppView): number {
  const isOnItsWay =
    MOVING.includes(phase) || (state === 'running') !== (phase === 'running' || phase === 'sleeping')
  return isOnItsWay ? 1000 : 15_000
}

/** How many apps a menu or a choice shows. */
const SOME = 30

/** The newest apps of a team, to go to another one: what more there are stands on the dashboard. */
export function siblingsQuery(teamId: string) {
  return trpc.apps.list.queryOptions({ teamId, limit: SOME })
}

/** The apps of a team that have the text in their name. */
export function foundAppsQuery(teamId: string, search: string) {
  return trpc.apps.list.queryOptions({ teamId, search, limit: SOME })
}

export function appQuery(appid: string) {
  return {
    ...trpc.apps.get.queryOptions({ appid }),
    refetchInterval: (query: { state: { data: AppView | undefined } }) =>
      query.state.data ? pace(query.state.data) : false,
  }
}

function remember(app: AppView): void {
  queryClient.setQueryData(trpc.apps.get.queryKey({ appid: app.appid }), app)
  void queryClient.invalidateQueries(trpc.apps.list.queryFilter())
}

/** Something was asked of the app's runtime: if it slept, it does no more. */
export function noteAwake(appid: string): void {
  const key = trpc.apps.get.queryKey({ appid })
  if (queryClient.getQueryData(key)?.phase === 'sleeping')
    void queryClient.invalidateQueries({ queryKey: key })
}

export function useCreateApp() {
  return useMutation(trpc.apps.create.mutationOptions({ onSuccess: remember }))
}

export function useRenameApp() {
  return useMutation(trpc.apps.rename.mutationOptions({ onSuccess: remember }))
}

export function useUpdateApp() {
  return useMutation(trpc.apps.update.mutationOptions({ onSuccess: remember }))
}

export function useStartApp() {
  return useMutation(trpc.apps.start.mutationOptions({ onSuccess: remember }))
}

export function useStopApp() {
  return useMutation(trpc.apps.stop.mutationOptions({ onSuccess: remember }))
}

export function useRestartApp() {
  return useMutation(trpc.apps.restart.mutationOptions({ onSuccess: remember }))
}

export function useDeleteApp() {
  return useMutation(
    trpc.apps.delete.mutationOptions({
      onSuccess: (_, { appid }) => {
        queryClient.removeQueries(trpc.apps.get.queryFilter({ appid }))
        return queryClient.invalidateQueries(trpc.apps.list.queryFilter())
      },
    }),
  )
}
