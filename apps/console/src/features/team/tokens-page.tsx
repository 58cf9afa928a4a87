import { useMutation, useQuery } from '@tanstack/react-query'
import { ErrorView } from '../../components/error-view.tsx'
import { TokenForm } from '../../components/tokens/token-form.tsx'
import { TokenList } from '../../components/tokens/token-list.tsx'
import { useTeam } from '../../data/teams.ts'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'

/** Tokens that belong to the team: they go on working when whoever made them leaves. */
export function TeamTokensPage() {
  const team = useTeam()
  const teamId = team?.id ?? ''
  const tokens = useQuery(trpc.teamTokens.list.queryOptions({ teamId }))
  const onSuccess = () => queryClient.invalidateQueries(trpc.teamTokens.list.queryFilter())
  const create = useMutation(trpc.teamTokens.create.mutationOptions({ onSuccess }))
  const revoke = useMutation(trpc.teamTokens.revoke.mutationOptions({ onSuccess }))
  if (tokens.error && !tokens.data) {
    return <ErrorView what={t('tokens.failed')} error={tokens.error} onRetry={() => void tokens.refetch()} />
  }
  return (
    <>
      <title>{`${t('tokens.title')} · ${team?.name} · Lathe`}</title>
      <p className="mb-3 text-ui text-muted">{t('tokens.teamText')}</p>
      <TokenForm
        teamId={teamId}
        busy={create.isPending}
        error={create.error ?? revoke.error}
        secret={create.data?.token}
        onCreate={(wanted) => create.mutateAsync({ teamId, ...wanted })}
      />
      <TokenList tokens={tokens.data} onRevoke={(id) => revoke.mutate({ teamId, id })} />
    </>
  )
}
