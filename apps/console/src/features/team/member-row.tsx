import { type MemberView, type TeamRole, type TeamView, teamRoleSchema } from '@lathe/shared'
import { UserMinus } from 'lucide-react'
import { useState } from 'react'
import { ConfirmDialog } from '../../components/confirm-dialog.tsx'
import { ErrorLine } from '../../components/error-view.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { useAddOwner, useRemoveMember, useRemoveOwner, useSetRole } from '../../data/teams.ts'
import { type MessageId, t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'
import { may } from './may.ts'

export const roleNames: Record<TeamRole, MessageId> = {
  owner: 'team.roleOwner',
  admin: 'team.roleAdmin',
  developer: 'team.roleDeveloper',
  viewer: 'team.roleViewer',
}

/** One person of the team, with what the one who looks may change about him. */
export function MemberRow({ team, member, isMe }: { team: TeamView; member: MemberView; isMe: boolean }) {
  const [removing, setRemoving] = useState(false)
  const setRole = useSetRole()
  const addOwner = useAddOwner()
  const removeOwner = useRemoveOwner()
  const isOwner = member.role === 'owner'
  const mayOwn = may(team.role, 'owners.add')
  const mayChange = isOwner ? mayOwn : may(team.role, 'members.setRole')
  const error = setRole.error ?? addOwner.error ?? removeOwner.error
  const change = (role: TeamRole) => {
    const who = { teamId: team.id, userId: member.userId }
    if (role === 'owner') addOwner.mutate(who)
    else if (isOwner) removeOwner.mutate({ ...who, role })
    else setRole.mutate({ ...who, role })
  }
  return (
    <div className="px-3 py-2">
      <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1">
        <span
          aria-hidden
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-raised text-label font-semibold text-muted uppercase"
        >
          {(member.name || member.email).slice(0, 1)}
        </span>
        <span className="min-w-0 grow basis-40">
          <span className="block truncate">
            <bdi>{member.name || member.email}</bdi>
            {isMe && <span className="text-muted"> · {t('team.you')}</span>}
          </span>
          <span className="block truncate text-small text-muted">{member.email}</span>
        </span>
        <span className="text-small text-muted max-wide:hidden" title={formatDateTime(member.joinedAt)}>
          {t('team.joined', { ago: formatAgo(member.joinedAt) })}
        </span>
        {mayChange ? (
          <Select
            aria-label={t('team.roleOf', { name: member.name || member.email })}
            className="w-32"
            value={member.role}
            disabled={setRole.isPending || addOwner.isPending || removeOwner.isPending}
            onChange={(event) => change(teamRoleSchema.parse(event.target.value))}
          >
            {teamRoleSchema.options
              .filter((role) => role !== 'owner' || mayOwn)
              .map((role) => (
                <option key={role} value={role}>
                  {t(roleNames[role] as 'team.roleOwner')}
                </option>
              ))}
          </Select>
        ) : (
          <span className="w-32 text-ui text-muted">{t(roleNames[member.role] as 'team.roleOwner')}</span>
        )}
        {may(team.role, 'members.remove') && !isOwner && !isMe ? (
          <IconButton
            label={t('team.removeOf', { name: member.name || member.email })}
            onClick={() => setRemoving(true)}
          >
            <UserMinus size={14} aria-hidden />
          </IconButton>
        ) : (
          <span className="size-7" />
        )}
      </div>
      {error && <ErrorLine error={error} />}
      {removing && <RemoveDialog team={team} member={member} onClose={() => setRemoving(false)} />}
    </div>
  )
}

function RemoveDialog({
  team,
  member,
  onClose,
}: {
  team: TeamView
  member: MemberView
  onClose: () => void
}) {
  const remove = useRemoveMember()
  return (
    <ConfirmDialog
      title={t('team.removeTitle', { name: member.name || member.email, team: team.name })}
      text={t('team.removeText')}
      confirm={t('team.remove')}
      busy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ teamId: team.id, userId: member.userId }, { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
