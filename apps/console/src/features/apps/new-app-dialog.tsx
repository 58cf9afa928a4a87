import { appNameSchema } from '@lathe/shared'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useCreateApp } from '../../data/apps.ts'
import { useTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'

export function NewAppDialog({
  open,
  onOpenChange,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('apps.new')} description={t('apps.newText')}>
      <NewAppForm onClose={() => onOpenChange(false)} />
    </Dialog>
  )
}

function NewAppForm({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useCreateApp()
  const navigate = useNavigate()
  const team = useTeam()
  const valid = appNameSchema.safeParse(name).success
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!valid || create.isPending) return
        create.mutate(
          { name: name.trim(), teamId: team?.id },
          {
            onSuccess: async (app) => {
              await navigate({ to: '/apps/$appid/functions', params: { appid: app.appid } })
              onClose()
            },
          },
        )
      }}
    >
      <div className="px-5 pt-4">
        <Field
          label={t('apps.name')}
          value={name}
          onChange={(e) => setName(e.target.value)}
          maxLength={64}
          autoFocus
          placeholder="shop-api"
          error={name && !valid ? t('apps.badName') : null}
        />
        <ErrorLine error={create.error} />
      </div>
      <DialogActions>
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
        <Button type="submit" look="solid" busy={create.isPending} disabled={!valid}>
          {t('apps.create')}
        </Button>
      </DialogActions>
    </form>
  )
}
