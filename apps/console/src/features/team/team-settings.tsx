import { type TeamView, teamNameSchema } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { teamQuery, useDeleteTeam, useLeaveTeam, useRenameTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { may } from './may.ts'

/** The team's name, leaving it, deleting it. */
export function TeamSettings({ team }: { team: TeamView }) {
  const [name, setName] = useState(team.name)
  const [deleting, setDeleting] = useState(false)
  const rename = useRenameTeam()
  const leave = useLeaveTeam()
  const valid = teamNameSchema.safeParse(name).success
  return (
    <section aria-labelledby="team-settings" className="mt-8 border-t border-line pt-6">
      <h2 id="team-settings" className="mb-3 font-semibold">
        {t('team.settings')}
      </h2>
      {may(team.role, 'teams.rename') && (
        <form
          className="flex max-w-md items-start gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (valid) rename.mutate({ teamId: team.id, name: name.trim() })
          }}
        >
          <Field
            label={t('team.name')}
            className="grow"
            value={name}
            maxLength={64}
            onChange={(event) => setName(event.target.value)}
            error={valid ? null : t('apps.badName')}
          />
          <Button
            type="submit"
            className="mt-5"
            busy={rename.isPending}
            disabled={!valid || name.trim() === team.name}
          >
            {t('action.rename')}
          </Button>
        </form>
      )}
      <ErrorLine error={rename.error ?? leave.error} />
      <div className="flex gap-2">
        {!team.personal && (
          <Button busy={leave.isPending} onClick={() => leave.mutate({ teamId: team.id })}>
            {t('team.leave')}
          </Button>
        )}
        {!team.personal && may(team.role, 'teams.delete') && (
          <Button look="danger" onClick={() => setDeleting(true)}>
            {t('team.delete')}
          </Button>
        )}
      </div>
      {deleting && <DeleteTeamDialog team={team} onClose={() => setDeleting(false)} />}
    </section>
  )
}

/** Says what goes with the team, and asks for its name. */
function DeleteTeamDialog({ team, onClose }: { team: TeamView; onClose: () => void }) {
  const details = useQuery(teamQuery(team.id))
  const [typed, setTyped] = useState('')
  const remove = useDeleteTeam()
  const matches = typed === team.name
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('team.deleteTitle', { name: team.name })}
      description={details.data ? t('team.deleteText', details.data.counts) : t('team.deleteCounting')}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (matches) remove.mutate({ teamId: team.id, confirmName: typed }, { onSuccess: onClose })
        }}
      >
        <div className="px-5 pt-4">
          <Field
            label={t('settings.deleteConfirm', { name: team.name })}
            aria-label={t('team.name')}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoFocus
          />
          <ErrorLine error={remove.error} />
        </div>
        <DialogActions>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="submit"
            look="danger-solid"
            disabled={!matches || !details.data}
            busy={remove.isPending}
          >
            {t('team.delete')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
