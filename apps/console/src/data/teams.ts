import type { TeamView } from '@lathe/shared'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useChosenTeam } from '../stores/team.ts'
import { queryClient, trpc } from './trpc.ts'

export function teamsQuery() {
  return trpc.teams.list.queryOptions(undefined, { staleTime: 60_000 })
}

/** The chosen team; the personal one when none was chosen, or the chosen one is gone. */
export function useTeam(): TeamView | undefined {
  const teams = useQuery(teamsQuery())
  const chosen = useChosenTeam((s) => s.teamId)
  return teams.data?.find(({ id }) => id === chosen) ?? teams.data?.[0]
}

export function teamQuery(teamId: string) {
  return trpc.teams.get.queryOptions({ teamId })
}

export function invitationsQuery(teamId: string) {
  return trpc.invitations.list.queryOptions({ teamId })
}

/** The members whose name or address has the text, page by page. */
export function membersQuery(teamId: string, search: string) {
  return trpc.members.list.infiniteQueryOptions(
    { teamId, search, limit: 100 },
    { getNextPageParam: ({ next }) => next, initialCursor: null },
  )
}

/** Everything about teams is looked at anew: what changes in one place shows in several. */
async function refresh(): Promise<void> {
  await Promise.all(
    [
      trpc.teams.pathFilter(),
      trpc.members.pathFilter(),
      trpc.invitations.pathFilter(),
      trpc.teamTokens.pathFilter(),
    ].map((filter) => queryClient.invalidateQueries(filter)),
  )
}
const settled = { onSettled: refresh }

export function useCreateTeam() {
  return useMutation(trpc.teams.create.mutationOptions(settled))
}
export function useRenameTeam() {
  return useMutation(trpc.teams.rename.mutationOptions(settled))
}
export function useLeaveTeam() {
  return useMutation(trpc.teams.leave.mutationOptions(settled))
}
export function useDeleteTeam() {
  return useMutation(trpc.teams.delete.mutationOptions(settled))
}
export function useInvite() {
  return useMutation(trpc.invitations.create.mutationOptions(settled))
}
export function useResend() {
  return useMutation(trpc.invitations.resend.mutationOptions(settled))
}
export function useRevokeInvitation() {
  return useMutation(trpc.invitations.revoke.mutationOptions(settled))
}
export function useSetRole() {
  return useMutation(trpc.members.setRole.mutationOptions(settled))
}
export function useRemoveMember() {
  return useMutation(trpc.members.remove.mutationOptions(settled))
}
export function useAddOwner() {
  return useMutation(trpc.owners.add.mutationOptions(settled))
}
export function useRemoveOwner() {
  return useMutation(trpc.owners.remove.mutationOptions(settled))
}
