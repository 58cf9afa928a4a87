import type { SecurityView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { Section } from '../settings/section.tsx'
import { CurrentPassword } from './current-password.tsx'

/** The address that one signs in by. A new one counts once its mailbox has confirmed it. */
export function EmailSection({ security }: { security: SecurityView }) {
  const change = useMutation(trpc.account.changeEmail.mutationOptions())
  return (
    <Section title={t('security.email')} text={t('security.emailText')}>
      <p className="mb-2">
        {security.email}{' '}
        <span className={security.emailVerified ? 'text-small text-ok' : 'text-small text-muted'}>
          {t(security.emailVerified ? 'security.confirmed' : 'security.unconfirmed')}
        </span>
      </p>
      {security.mail ? (
        <form
          className="flex max-w-sm flex-col gap-1"
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            const target = event.currentTarget
            change.mutate(
              { newEmail: String(form.get('email')), password: String(form.get('password')) },
              { onSuccess: () => target.reset() },
            )
          }}
        >
          <Field
            label={t('security.newEmail')}
            name="email"
            type="email"
            autoComplete="email"
            defaultValue={security.emailVerified ? '' : security.email}
            required
          />
          <CurrentPassword />
          <ErrorLine error={change.error} />
          {change.isSuccess && (
            <p role="status" className="text-small text-ok">
              {t('security.emailSent', { email: change.variables.newEmail })}
            </p>
          )}
          <Button type="submit" className="self-start" busy={change.isPending}>
            {t('security.changeEmail')}
          </Button>
        </form>
      ) : (
        <p className="text-small text-muted">{t('security.emailNoMail')}</p>
      )}
    </Section>
  )
}
