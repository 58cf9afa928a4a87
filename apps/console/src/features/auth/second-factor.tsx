import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { sendSecondFactor } from '../../data/session.ts'
import { t } from '../../i18n/i18n.ts'
import { AuthCard } from './auth-card.tsx'

/** After the password: the code of the authenticator app, or a backup code. */
export function SecondFactor({ onDone, onBack }: { onDone: () => void; onBack: () => void }) {
  const [kind, setKind] = useState<'totp' | 'backup-code'>('totp')
  const send = useMutation({
    mutationFn: (code: string) => sendSecondFactor(kind, code.replaceAll(' ', '')),
    onSuccess: onDone,
  })
  const isApp = kind === 'totp'
  return (
    <AuthCard title={t('signIn.secondTitle')} text={t(isApp ? 'signIn.secondText' : 'signIn.backupText')}>
      <form
        className="flex flex-col gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate(String(new FormData(event.currentTarget).get('code')))
        }}
      >
        <Field
          key={kind}
          label={t(isApp ? 'signIn.code' : 'signIn.backupCode')}
          name="code"
          autoComplete="one-time-code"
          {...(isApp ? { inputMode: 'numeric', maxLength: 7 } : { maxLength: 32 })}
          required
          autoFocus
        />
        <ErrorLine error={send.error} />
        <Button type="submit" look="solid" busy={send.isPending} className="w-full">
          {t('signIn.submit')}
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            send.reset()
            setKind(isApp ? 'backup-code' : 'totp')
          }}
        >
          {t(isApp ? 'signIn.useBackup' : 'signIn.useApp')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('signIn.back')}
        </Button>
      </form>
    </AuthCard>
  )
}
