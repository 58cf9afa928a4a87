import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ErrorView } from '../../components/error-view.tsx'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { AccountForm } from './account-form.tsx'
import { AuthCard } from './auth-card.tsx'

const route = getRouteApi('/setup')

/** The first start: the one-time link makes the owner's account and signs in. */
export function SetupPage() {
  const { token } = route.useSearch()
  const navigate = useNavigate()
  const status = useQuery(trpc.setup.status.queryOptions())
  const complete = useMutation(
    trpc.setup.complete.mutationOptions({
      onSuccess: async () => {
        queryClient.clear()
        await navigate({ to: '/apps' })
      },
    }),
  )
  if (status.error)
    return <ErrorView what={t('setup.failed')} error={status.error} onRetry={() => status.refetch()} />
  if (status.data && !status.data.needed) {
    return (
      <AuthCard title={t('setup.doneTitle')} text={t('setup.doneText')}>
        <Link to="/sign-in" className="text-accent underline underline-offset-4">
          {t('setup.toSignIn')}
        </Link>
      </AuthCard>
    )
  }
  return (
    <AuthCard title={t('setup.title')} text={token ? t('setup.text') : t('setup.noToken')}>
      {token && (
        <AccountForm
          submit={t('setup.submit')}
          busy={complete.isPending}
          error={complete.error}
          onSubmit={(account) => complete.mutate({ token, ...account })}
        />
      )}
    </AuthCard>
  )
}
