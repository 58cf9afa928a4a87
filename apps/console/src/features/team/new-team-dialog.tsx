import { teamNameSchema } from '@lathe/shared'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useCreateTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { useChosenTeam } from '../../stores/team.ts'

export function NewTeamDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const create = useCreateTeam()
  const navigate = useNavigate()
  const { choose } = useChosenTeam()
  const valid = teamNameSchema.safeParse(name).success
  const done = async (teamId: string) => {
    choose(teamId)
    await navigate({ to: '/team/members' })
    onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('team.new')}
      description={t('team.newText')}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (valid) create.mutate({ name }, { onSuccess: ({ id }) => done(id) })
        }}
      >
        <div className="px-5 pt-4">
          <Field
            label={t('team.name')}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={64}
            autoFocus
            error={name && !valid ? t('apps.badName') : null}
          />
          <ErrorLine error={create.error} />
        </div>
        <DialogActions>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" look="solid" disabled={!valid} busy={create.isPending}>
            {t('team.create')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
