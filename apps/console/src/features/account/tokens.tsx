import { useMutation, useQuery } from '@tanstack/react-query'
import { TokenForm } from '../../components/tokens/token-form.tsx'
import { TokenList } from '../../components/tokens/token-list.tsx'
import { useTeam } from '../../data/teams.ts'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'

/** One's own bearer tokens for curl, CI and programs. */
export function Tokens() {
  const team = useTeam()
  const tokens = useQuery(trpc.tokens.list.queryOptions())
  const onSuccess = () => queryClient.invalidateQueries(trpc.tokens.list.queryFilter())
  const create = useMutation(trpc.tokens.create.mutationOptions({ onSuccess }))
  const revoke = useMutation(trpc.tokens.revoke.mutationOptions({ onSuccess }))
  return (
    <section aria-labelledby="tokens" className="border-t border-line py-6">
      <h2 id="tokens" className="font-semibold">
        {t('tokens.title')}
      </h2>
      <p className="mt-1 mb-3 text-small text-muted">{t('tokens.text')}</p>
      <TokenForm
        teamId={team?.id}
        busy={create.isPending}
        error={create.error ?? revoke.error ?? tokens.error}
        secret={create.data?.token}
        onCreate={(wanted) => create.mutateAsync(wanted)}
      />
      <TokenList tokens={tokens.data} onRevoke={(id) => revoke.mutate({ id })} />
    </section>
  )
}
