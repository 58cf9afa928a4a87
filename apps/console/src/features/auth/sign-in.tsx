import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { passkeysWork, signInByPasskey } from '../../data/passkeys.ts'
import { signIn, signInByProvider } from '../../data/session.ts'
import { trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { AuthCard } from './auth-card.tsx'
import { SecondFactor } from './second-factor.tsx'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { next = '/apps' } = route.useSearch()
  const router = useRouter()
  const arrive = () => router.history.push(next)
  const [half, setHalf] = useState(false)
  if (half) return <SecondFactor onDone={arrive} onBack={() => setHalf(false)} />
  return (
    <AuthCard title={t('signIn.title')} text={t('signIn.text')}>
      <PasswordForm onDone={(reached) => (reached === 'in' ? arrive() : setHalf(true))} />
      <OtherWays next={next} onDone={arrive} />
    </AuthCard>
  )
}

function PasswordForm({ onDone }: { onDone: (reached: 'in' | 'second-factor') => void }) {
  const attempt = useMutation({
    mutationFn: (form: FormData) => signIn(String(form.get('email')), String(form.get('password'))),
    onSuccess: onDone,
  })
  return (
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
        autoComplete="username webauthn"
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
      <ErrorLine error={attempt.error} />
      <Button type="submit" look="solid" busy={attempt.isPending} className="w-full">
        {t('signIn.submit')}
      </Button>
    </form>
  )
}

function OtherWays({ next, onDone }: { next: string; onDone: () => void }) {
  const { error: refusal } = route.useSearch()
  const options = useQuery(trpc.account.signInOptions.queryOptions(undefined, { staleTime: Infinity }))
  const passkey = useMutation({ mutationFn: signInByPasskey, onSuccess: onDone })
  const provider = useMutation({ mutationFn: () => signInByProvider(next) })
  const name = options.data?.singleSignOn
  return (
    <div className="mt-2 flex flex-col gap-2">
      {passkeysWork() && (
        <Button
          icon={<KeyRound size={14} aria-hidden />}
          className="w-full"
          busy={passkey.isPending}
          onClick={() => passkey.mutate()}
        >
          {t('signIn.passkey')}
        </Button>
      )}
      {name && (
        <Button className="w-full" busy={provider.isPending} onClick={() => provider.mutate()}>
          {t('signIn.provider', { name })}
        </Button>
      )}
      <ErrorLine
        error={passkey.error ?? provider.error ?? (refusal ? new Error(refusalText(refusal)) : null)}
      />
      <Link to="/reset-password" className="self-start text-small text-muted underline underline-offset-4">
        {t('signIn.forgot')}
      </Link>
    </div>
  )
}

/** What the way back from the identity provider says, in its own short words. */
function refusalText(code: string): string {
  if (code === 'signup_disabled' || code === 'account_not_linked') return t('signIn.providerUnknown')
  return t('signIn.providerFailed')
}
