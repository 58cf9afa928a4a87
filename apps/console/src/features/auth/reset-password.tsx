import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { AuthCard } from './auth-card.tsx'
import { NewPasswordField } from './new-password-field.tsx'

const route = getRouteApi('/reset-password')

/** Asks for a link, or, where a link led here, for the new password. */
export function ResetPasswordPage() {
  const { token } = route.useSearch()
  return token ? <Reset token={token} /> : <Ask />
}

function Ask() {
  const options = useQuery(trpc.account.signInOptions.queryOptions())
  const ask = useMutation(trpc.account.requestReset.mutationOptions())
  if (options.data && !options.data.mail) {
    return (
      <AuthCard title={t('reset.title')} text={t('reset.noMail')}>
        <code className="block rounded-control border border-line bg-raised p-2.5 font-mono text-small">
          npm run account -- reset-link you@example.com
        </code>
        <ToSignIn />
      </AuthCard>
    )
  }
  if (ask.isSuccess) {
    return (
      <AuthCard title={t('reset.sentTitle')} text={t('reset.sentText', { email: ask.variables.email })}>
        <ToSignIn />
      </AuthCard>
    )
  }
  return (
    <AuthCard title={t('reset.title')} text={t('reset.text')}>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          ask.mutate({ email: String(new FormData(event.currentTarget).get('email')) })
        }}
      >
        <Field
          label={t('signIn.email')}
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
        />
        <ErrorLine error={ask.error} />
        <Button type="submit" look="solid" busy={ask.isPending} className="w-full">
          {t('reset.ask')}
        </Button>
        <ToSignIn />
      </form>
    </AuthCard>
  )
}

function Reset({ token }: { token: string }) {
  const reset = useMutation(trpc.account.resetPassword.mutationOptions())
  if (reset.isSuccess) {
    return (
      <AuthCard title={t('reset.doneTitle')} text={t('reset.doneText', { email: reset.data.email })}>
        <ToSignIn />
      </AuthCard>
    )
  }
  return (
    <AuthCard title={t('reset.newTitle')} text={t('reset.newText')}>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          reset.mutate({ token, newPassword: String(new FormData(event.currentTarget).get('password')) })
        }}
      >
        <NewPasswordField label={t('security.newPassword')} autoFocus />
        <ErrorLine error={reset.error} />
        <Button type="submit" look="solid" busy={reset.isPending} className="w-full">
          {t('reset.submit')}
        </Button>
        <ToSignIn />
      </form>
    </AuthCard>
  )
}

function ToSignIn() {
  return (
    <Link
      to="/sign-in"
      className="mt-2 inline-block self-start text-small text-muted underline underline-offset-4"
    >
      {t('setup.toSignIn')}
    </Link>
  )
}
