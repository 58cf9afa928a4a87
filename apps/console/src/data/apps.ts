import type { AppPhase, AppView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { queryClient, trpc } from './trpc.ts'

const MOVING: AppPhase[] = ['creating', 'starting', 'stopping', 'deleting']

/** How soon to look again: quickly while something is on its way, now and then otherwise. */
function pace(apps: AppView[]): number {
  return apps.some(
    ({ state, phase }) =>
      MOVING.includes(phase) || (state === 'running') !== (phase === 'running' || phase === 'sleeping'),
  )
    ? 1000
    : 15_000
}

/** The apps of one team; without one, of all that the person is in. */
export function appsQuery(teamId?: string) {
  return {
    ...trpc.apps.list.queryOptions(teamId === undefined ? undefined : { teamId }),
    refetchInterval: (query: { state: { data: AppView[] | undefined } }) => pace(query.state.data ?? []),
  }
}

export function appQuery(appid: string) {
  return {
    ...trpc.apps.get.queryOptions({ appid }),
    refetchInterval: (query: { state: { data: AppView | undefined } }) =>
      query.state.data ? pace([query.state.data]) : false,
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
