import { emailSchema, type GivenRole, givenRoleSchema, type TeamView } from '@lathe/shared'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Choice } from '../../components/ui/choice.tsx'
import { Dialog, DialogActions } from '../../components/ui/dialog.tsx'
import { Field } from '../../components/ui/field.tsx'
import { useInvite } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { roleNames } from './member-row.tsx'
import { SentLink } from './sent-link.tsx'

/** Invites one address; shows the link where no mail server sends it. */
export function InviteDialog({ team, onClose }: { team: TeamView; onClose: () => void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<GivenRole>('developer')
  const invite = useInvite()
  const valid = emailSchema.safeParse(email.trim()).success
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('team.inviteTitle', { team: team.name })}
      description={t('team.inviteText')}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!valid) return
          invite.mutate({ teamId: team.id, email: email.trim(), role }, { onSuccess: () => setEmail('') })
        }}
      >
        <div className="flex flex-col gap-1 px-5 pt-4">
          <Field
            label={t('signIn.email')}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            autoFocus
          />
          <Choice
            label={t('team.role')}
            value={role}
            onChange={(next) => setRole(givenRoleSchema.parse(next))}
          >
            {givenRoleSchema.options.map((one) => (
              <option key={one} value={one}>
                {t(roleNames[one] as 'team.roleOwner')}
              </option>
            ))}
          </Choice>
          <p className="min-h-8 text-small text-muted">{t(`team.about.${role}`)}</p>
          {invite.data && <SentLink sent={invite.data} />}
          <ErrorLine error={invite.error} />
        </div>
        <DialogActions>
          <Button look="quiet" onClick={onClose}>
            {invite.data ? t('action.close') : t('action.cancel')}
          </Button>
          <Button type="submit" look="solid" disabled={!valid} busy={invite.isPending}>
            {t('team.sendInvitation')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
