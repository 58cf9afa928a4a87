import type { PasskeyView, SecurityView } from '@lathe/shared'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { addPasskey, passkeysWork, removePasskey, renamePasskey } from '../../data/passkeys.ts'
import { refreshSecurity } from '../../data/security.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'
import { Section } from '../settings/section.tsx'

/** Keys on devices that sign in without a password. */
export function PasskeysSection({ security: { passkeys } }: { security: SecurityView }) {
  const [name, setName] = useState('')
  const add = useMutation({
    mutationFn: () => addPasskey(name.trim()),
    onSuccess: () => {
      setName('')
      return refreshSecurity()
    },
  })
  return (
    <Section title={t('security.passkeys')} text={t('security.passkeysText')}>
      {passkeys.length > 0 && (
        <ul
          aria-label={t('security.passkeys')}
          className="mb-3 overflow-hidden rounded-popover border border-line bg-surface"
        >
          {passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {passkeysWork() ? (
        <form
          className="flex max-w-sm items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim()) add.mutate()
          }}
        >
          <Field
            label={t('security.passkeyName')}
            placeholder={t('security.passkeyExample')}
            className="grow"
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" className="mt-5" disabled={!name.trim()} busy={add.isPending}>
            {t('security.passkeyAdd')}
          </Button>
        </form>
      ) : (
        <p className="text-small text-muted">{t('security.noPasskeys')}</p>
      )}
      <ErrorLine error={add.error} />
    </Section>
  )
}

function PasskeyRow({ passkey: { id, name, createdAt } }: { passkey: PasskeyView }) {
  const [renaming, setRenaming] = useState<string | null>(null)
  const [removing, setRemoving] = useState(false)
  const rename = useMutation({
    mutationFn: (next: string) => renamePasskey(id, next),
    onSuccess: async () => {
      await refreshSecurity()
      setRenaming(null)
    },
  })
  const remove = useMutation({ mutationFn: () => removePasskey(id), onSuccess: () => refreshSecurity() })
  return (
    <li className="flex min-h-12 flex-wrap items-center gap-3 border-t border-line px-3 py-2 first:border-0">
      {renaming === null ? (
        <>
          <span className="min-w-0 grow">
            <span className="block truncate">{name || t('security.unnamed')}</span>
            <span className="block text-small text-muted">
              {t('security.added', { at: formatDateTime(createdAt) })}
            </span>
          </span>
          <Button size="s" onClick={() => setRenaming(name)}>
            {t('action.rename')}
          </Button>
          <Button look="danger" size="s" onClick={() => setRemoving(true)}>
            {t('security.passkeyRemove')}
          </Button>
        </>
      ) : (
        <form
          className="flex grow items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (renaming.trim()) rename.mutate(renaming.trim())
          }}
        >
          <Field
            label={t('security.passkeyName')}
            className="grow"
            value={renaming}
            maxLength={64}
            autoFocus
            onChange={(event) => setRenaming(event.target.value)}
          />
          <Button type="submit" className="mt-5" busy={rename.isPending} disabled={!renaming.trim()}>
            {t('action.save')}
          </Button>
          <Button look="quiet" className="mt-5" onClick={() => setRenaming(null)}>
            {t('action.cancel')}
          </Button>
        </form>
      )}
      {rename.error && <ErrorLine error={rename.error} />}
      {removing && (
        <ConfirmDialog
          title={t('security.passkeyRemoveTitle', { name: name || t('security.unnamed') })}
          text={t('security.passkeyRemoveText')}
          confirm={t('security.passkeyRemove')}
          busy={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutate()}
          onClose={() => setRemoving(false)}
        />
      )}
    </li>
  )
}
