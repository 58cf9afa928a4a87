import { Field } from '../../components/ui/field.tsx'
import { t } from '../../i18n/i18n.ts'

/** Asks whether it is still the account's owner who sits there, as `password` of the form. */
export function CurrentPassword({ autoFocus }: { autoFocus?: boolean }) {
  return (
    <Field
      label={t('security.currentPassword')}
      name="password"
      type="password"
      autoComplete="current-password"
      maxLength={128}
      required
      {...(autoFocus ? { autoFocus } : {})}
    />
  )
}
