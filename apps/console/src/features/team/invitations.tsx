import type { TeamView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { LongList } from '../../components/ui/long-list.tsx'
import { invitationsQuery, useResend, useRevokeInvitation } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'
import { roleNames } from './member-row.tsx'
import { SentLink } from './sent-link.tsx'

/** Invitations that were not accepted yet. */
export function Invitations({ team }: { team: TeamView }) {
  const invitations = useQuery(invitationsQuery(team.id))
  const resend = useResend()
  const revoke = useRevokeInvitation()
  if (!invitations.data?.length) return null
  return (
    <section aria-labelledby="invitations" className="mt-8">
      <h2 id="invitations" className="mb-2 font-semibold">
        {t('team.invitations')}
      </h2>
      {resend.data && <SentLink sent={resend.data} />}
      <ErrorLine error={resend.error ?? revoke.error} />
      <LongList
        label={t('team.invitations')}
        items={invitations.data}
        keyOf={({ id }) => id}
        height={56}
        row={(one) => (
          <div className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
            <span className="min-w-0 grow basis-40">
              <span className="block truncate">{one.email}</span>
              <span className="block truncate text-small text-muted">
                {t('team.invitedAs', {
                  role: t(roleNames[one.role] as 'team.roleOwner'),
                  who: one.invitedBy,
                })}
              </span>
            </span>
            <span className="text-small text-muted">
              {one.state === 'pending'
                ? t('team.until', { at: formatDateTime(one.expiresAt) })
                : t(`team.state.${one.state}`)}
            </span>
            <Button size="s" onClick={() => resend.mutate({ teamId: team.id, id: one.id })}>
              {t('team.resend')}
            </Button>
            <Button size="s" look="danger" onClick={() => revoke.mutate({ teamId: team.id, id: one.id })}>
              {t('team.takeBack')}
            </Button>
          </div>
        )}
      />
    </section>
  )
}
