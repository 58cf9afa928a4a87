import type { EnvChange, EnvVariableView } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useUnsetEnv } from '../../data/env.ts'
import { t } from '../../i18n/i18n.ts'

/** A secret's value is known to nobody afterwards, so its name is asked for. */
export function RemoveForm({
  appid,
  variable: { name },
  onDone,
  onClose,
}: {
  appid: string
  variable: EnvVariableView
  onDone: (change: EnvChange) => void
  onClose: () => void
}) {
  const [typed, setTyped] = useState('')
  const unset = useUnsetEnv()
  const isSure = typed === name
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isSure) unset.mutate({ appid, names: [name] }, { onSuccess: onDone })
      }}
    >
      <div className="px-5 pt-4">
        <Field
          label={t('settings.deleteConfirm', { name })}
          value={typed}
          autoFocus
          onChange={(event) => setTyped(event.target.value)}
        />
        <ErrorLine error={unset.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="danger-solid" disabled={!isSure} busy={unset.isPending}>
          {t('env.removeAction')}
        </Button>
      </DialogActions>
    </form>
  )
}
