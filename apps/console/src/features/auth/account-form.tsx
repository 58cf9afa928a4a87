import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { t } from '../../i18n/i18n.ts'
import { NewPasswordField } from './new-password-field.tsx'

export interface NewAccount {
  name: string
  email: string
  password: string
}

/** Makes an account: the first one, or one that an invitation is for. */
export function AccountForm({
  email,
  submit,
  busy,
  error,
  onSubmit,
}: {
  /** Whose account it will be, where that stands. */
  email?: string
  submit: string
  busy: boolean
  error: unknown
  onSubmit: (account: NewAccount) => void
}) {
  const name = (
    <Field label={t('setup.name')} name="name" autoComplete="name" required maxLength={64} autoFocus />
  )
  const address = (
    <Field
      label={t('signIn.email')}
      name="email"
      type="email"
      autoComplete="username"
      required
      {...(email === undefined ? {} : { value: email, readOnly: true })}
    />
  )
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const text = (key: keyof NewAccount) => String(form.get(key))
        onSubmit({ name: text('name'), email: text('email'), password: text('password') })
      }}
    >
      {email === undefined ? [name, address] : [address, name]}
      <NewPasswordField />
      <ErrorLine error={error} />
      <Button type="submit" look="solid" busy={busy} className="w-full">
        {submit}
      </Button>
    </form>
  )
}
