import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { SignInError, signIn } from '../../data/session.ts'
import { t } from '../../i18n/i18n.ts'
import { AuthCard } from './auth-card.tsx'

const route = getRouteApi('/sign-in')

function textOf(error: SignInError): string {
  if (error.kind === 'busy') return t('signIn.busy', { minutes: error.minutes })
  return t(error.kind === 'credentials' ? 'signIn.wrong' : 'error.offline')
}

export function SignInPage() {
  const { next } = route.useSearch()
  const router = useRouter()
  const attempt = useMutation({
    mutationFn: (form: FormData) => signIn(String(form.get('email')), String(form.get('password'))),
    onSuccess: () => router.history.push(next ?? '/apps'),
  })
  return (
    <AuthCard title={t('signIn.title')} text={t('signIn.text')}>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          attempt.mutate(new FormData(event.currentTarget))
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
        <Field
          label={t('signIn.password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
        <p role="alert" className="min-h-5 text-small text-error">
          {attempt.error instanceof SignInError ? textOf(attempt.error) : null}
        </p>
        <Button type="submit" look="solid" busy={attempt.isPending} className="w-full">
          {t('signIn.submit')}
        </Button>
      </form>
    </AuthCard>
  )
}
