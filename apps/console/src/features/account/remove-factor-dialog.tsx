import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { removeSecondFactor } from '../../data/security.ts'
import { t } from '../../i18n/i18n.ts'

export function RemoveFactorDialog({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState('')
  const remove = useMutation({ mutationFn: () => removeSecondFactor(password), onSuccess: onClose })
  return (
    <ConfirmDialog
      title={t('security.twoFactorRemove')}
      text={t('security.twoFactorRemoveText')}
      confirm={t('security.twoFactorRemove')}
      busy={remove.isPending}
      disabled={password === ''}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <Field
        label={t('security.currentPassword')}
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        autoFocus
      />
    </ConfirmDialog>
  )
}
