import type { DependencyProgress, PackageRequest } from '@lathe/shared'
import { keepPreviousData, useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { follow } from './follow.ts'
import { api, queryClient, trpc } from './trpc.ts'

export function dependenciesQuery(appid: string) {
  return {
    ...trpc.dependencies.list.queryOptions({ appid }),
    // Import times are measured after an install: they come in a moment later.
    refetchInterval: (query: {
      state: { data: { dependencies: { importMs: number | null; addedAt: string }[] } | undefined }
    }) =>
      query.state.data?.dependencies.some(({ importMs, addedAt }) => importMs === null && isFresh(addedAt))
        ? 2_000
        : false,
  }
}

const isFresh = (at: string) => Date.now() - Date.parse(at) < 30_000

/** What the registry says of the installed packages: it is asked now and then. */
export function dependencyCheckQuery(appid: string) {
  return { ...trpc.dependencies.check.queryOptions({ appid }), staleTime: 5 * 60_000 }
}

export function searchQuery(appid: string, text: string) {
  return {
    ...trpc.dependencies.search.queryOptions({ appid, text }, { trpc: { abortOnUnmount: true } }),
    enabled: text !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  }
}

export function versionsQuery(appid: string, name: string) {
  return { ...trpc.dependencies.versions.queryOptions({ appid, name }), staleTime: 60_000 }
}

export function receiptQuery(appid: string, packages: PackageRequest[]) {
  return {
    ...trpc.dependencies.receipt.queryOptions({ appid, packages }, { trpc: { abortOnUnmount: true } }),
    enabled: packages.length > 0,
    retry: false,
    staleTime: 60_000,
  }
}

function refresh(appid: string): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries(trpc.dependencies.list.queryFilter({ appid })),
    queryClient.invalidateQueries(trpc.dependencies.check.queryFilter({ appid })),
  ])
}

export function useAddDependencies() {
  return useMutation(
    trpc.dependencies.add.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }),
  )
}

export function useRemoveDependencies() {
  return useMutation(
    trpc.dependencies.remove.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }),
  )
}

export function useUpdateDependencies() {
  return useMutation(
    trpc.dependencies.update.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }),
  )
}

export function useDependencyPermissions() {
  return useMutation(
    trpc.dependencies.permissions.mutationOptions({ onSettled: (_, __, { appid }) => refresh(appid) }),
  )
}

export function useCancelChange() {
  return useMutation(trpc.dependencies.cancel.mutationOptions())
}

export function registriesQuery(teamId: string) {
  return trpc.registries.list.queryOptions({ teamId })
}

export function useSaveRegistry() {
  return useMutation(
    trpc.registries.save.mutationOptions({
      onSettled: (_, __, { teamId }) =>
        queryClient.invalidateQueries(trpc.registries.list.queryFilter({ teamId })),
    }),
  )
}

export function useRemoveRegistry() {
  return useMutation(
    trpc.registries.remove.mutationOptions({
      onSettled: (_, __, { teamId }) =>
        queryClient.invalidateQueries(trpc.registries.list.queryFilter({ teamId })),
    }),
  )
}

/** Follows the changes of an app's packages, whoever makes them; connects again when the connection breaks. */
export function useDependencyProgress(appid: string): DependencyProgress {
  const [progress, setProgress] = useState<DependencyProgress>({ type: 'idle' })
  useEffect(() => {
    setProgress({ type: 'idle' })
    return follow(({ heard, lost }) =>
      api.dependencies.progress.subscribe(
        { appid },
        {
          onData: (event) => {
            heard()
            setProgress(event)
            if (event.type === 'done' || event.type === 'failed') void refresh(appid)
          },
          onError: lost,
          onComplete: lost,
        },
      ),
    )
  }, [appid])
  return progress
}
