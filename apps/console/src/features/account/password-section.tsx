import type { SecurityView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { refreshSecurity } from '../../data/security.ts'
import { trpc } from '../../data/trpc.ts'
import { t } from '../../i18n/i18n.ts'
import { Section } from '../settings/section.tsx'
import { CurrentPassword } from './current-password.tsx'

/** Changing the password signs every other browser out. */
export function PasswordSection({ security }: { security: SecurityView }) {
  const change = useMutation(
    trpc.account.changePassword.mutationOptions({ onSuccess: () => refreshSecurity() }),
  )
  if (!security.hasPassword) {
    return (
      <Section title={t('security.password')} text={t('security.noPassword')}>
        <Link to="/reset-password" className="text-accent underline underline-offset-4">
          {t('reset.title')}
        </Link>
      </Section>
    )
  }
  return (
    <Section title={t('security.password')} text={t('security.passwordText')}>
      <form
        className="flex max-w-sm flex-col gap-1"
        onSubmit={(event) => {
          event.preventDefault()
          const target = event.currentTarget
          const form = new FormData(target)
          change.mutate(
            { currentPassword: String(form.get('password')), newPassword: String(form.get('newPassword')) },
            { onSuccess: () => target.reset() },
          )
        }}
      >
        <CurrentPassword />
        <Field
          label={t('security.newPassword')}
          name="newPassword"
          type="password"
          autoComplete="new-password"
          minLength={8}
          maxLength={128}
          required
          hint={t('setup.passwordHint')}
        />
        <ErrorLine error={change.error} />
        {change.isSuccess && (
          <p role="status" className="text-small text-ok">
            {t('security.passwordChanged')}
          </p>
        )}
        <Button type="submit" className="self-start" busy={change.isPending}>
          {t('security.changePassword')}
        </Button>
      </form>
    </Section>
  )
}
