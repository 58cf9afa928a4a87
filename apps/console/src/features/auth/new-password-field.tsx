import { Field } from '../../components/ui/field.tsx'
import { t } from '../../i18n/i18n.ts'

/** A password that is chosen, as `password` of the form. */
export function NewPasswordField({ label, autoFocus }: { label?: string; autoFocus?: boolean }) {
  return (
    <Field
      label={label ?? t('signIn.password')}
      name="password"
      type="password"
      autoComplete="new-password"
      minLength={8}
      maxLength={128}
      required
      {...(autoFocus ? { autoFocus } : {})}
      hint={t('setup.passwordHint')}
    />
  )
}
