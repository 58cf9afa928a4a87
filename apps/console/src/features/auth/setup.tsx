import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ErrorLine, ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
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
        <form
          className="flex flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            complete.mutate({
              token,
              name: String(form.get('name')),
              email: String(form.get('email')),
              password: String(form.get('password')),
            })
          }}
        >
          <Field label={t('setup.name')} name="name" autoComplete="name" required maxLength={64} autoFocus />
          <Field label={t('signIn.email')} name="email" type="email" autoComplete="username" required />
          <Field
            label={t('signIn.password')}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={8}
            maxLength={128}
            required
            hint={t('setup.passwordHint')}
          />
          <ErrorLine error={complete.error} />
          <Button type="submit" look="solid" busy={complete.isPending} className="w-full">
            {t('setup.submit')}
          </Button>
        </form>
      )}
    </AuthCard>
  )
}
