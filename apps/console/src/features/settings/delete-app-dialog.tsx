import type { AppView } from '@lathe/shared'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useDeleteApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'

/** Deleting takes the database with it, so it asks for the name. */
export function DeleteAppDialog({
  app,
  open,
  onOpenChange,
}: {
  app: AppView
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  const [typed, setTyped] = useState('')
  const remove = useDeleteApp()
  const navigate = useNavigate()
  const matches = typed === app.name
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('settings.deleteTitle', { name: app.name })}
      description={t('settings.deleteText', { n: app.functionCount })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!matches) return
          remove.mutate(
            { appid: app.appid, confirmName: typed },
            { onSuccess: () => void navigate({ to: '/apps' }) },
          )
        }}
      >
        <div className="px-5 pt-4">
          <Field
            label={t('settings.deleteConfirm', { name: app.name })}
            aria-label={t('apps.name')}
            value={typed}
            onChange={(e) => setTyped(e.target.value)}
            autoFocus
          />
          <ErrorLine error={remove.error} />
        </div>
        <DialogActions>
          <Button look="quiet" onClick={() => onOpenChange(false)}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" look="danger-solid" disabled={!matches} busy={remove.isPending}>
            {t('settings.delete')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
