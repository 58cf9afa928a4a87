import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { sessionQuery } from '../../data/session.ts'
import { queryClient, trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { AuthCard } from './auth-card.tsx'

const route = getRouteApi('/confirm-email')

/** Where the link to a new address leads. A click confirms it: mail programs open links of themselves. */
export function ConfirmEmailPage() {
  const { token = '' } = route.useSearch()
  const confirm = useMutation(
    trpc.account.confirmEmail.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    }),
  )
  if (confirm.isSuccess) {
    return (
      <AuthCard title={t('confirmEmail.doneTitle')} text={t('confirmEmail.doneText', confirm.data)}>
        <Link to="/account" className="text-accent underline underline-offset-4">
          {t('account.title')}
        </Link>
      </AuthCard>
    )
  }
  return (
    <AuthCard title={t('confirmEmail.title')} text={t('confirmEmail.text')}>
      <Button
        look="solid"
        className="w-full"
        busy={confirm.isPending}
        onClick={() => confirm.mutate({ token })}
      >
        {t('confirmEmail.submit')}
      </Button>
      <ErrorLine error={confirm.error} />
    </AuthCard>
  )
}
