import type { MemberView, TeamView } from '@lathe/shared'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Search, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { LongList } from '../../components/ui/long-list.tsx'
import { MoreBelow } from '../../components/ui/more-below.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { sessionQuery } from '../../data/session.ts'
import { membersQuery, useTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { Invitations } from './invitations.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { may } from './may.ts'
import { MemberRow } from './member-row.tsx'
import { TeamSettings } from './team-settings.tsx'

/** Who is in the team, in which role, and who is invited. */
export function MembersPage() {
  const team = useTeam()
  const [inviting, setInviting] = useState(false)
  const [search, setSearch] = useState('')
  if (!team) return null
  return (
    <>
      <title>{`${t('team.members')} · ${team.name} · Lathe`}</title>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <label className="relative w-60">
          <span className="sr-only">{t('team.search')}</span>
          <Search size={14} aria-hidden className="absolute top-[9px] left-2.5 text-subtle" />
          <input
            type="search"
            value={search}
            placeholder={t('team.search')}
            onChange={(event) => setSearch(event.target.value)}
            className="h-8 w-full rounded-control border border-control bg-bg pr-2.5 pl-8 text-ui"
          />
        </label>
        <div className="grow" />
        {may(team.role, 'invitations.create') && (
          <Button look="solid" icon={<UserPlus size={14} aria-hidden />} onClick={() => setInviting(true)}>
            {t('team.invite')}
          </Button>
        )}
      </div>
      <Members team={team} search={search.trim()} />
      {may(team.role, 'invitations.list') && <Invitations team={team} />}
      <TeamSettings key={team.id} team={team} />
      {inviting && <InviteDialog team={team} onClose={() => setInviting(false)} />}
    </>
  )
}

function Members({ team, search }: { team: TeamView; search: string }) {
  const { data: me } = useQuery(sessionQuery)
  const pages = useInfiniteQuery(membersQuery(team.id, search))
  if (pages.error && !pages.data) {
    return <ErrorView what={t('team.loadFailed')} error={pages.error} onRetry={() => void pages.refetch()} />
  }
  if (!pages.data) return <Skeleton className="h-40" />
  const members: MemberView[] = pages.data.pages.flatMap((page) => page.members)
  if (members.length === 0)
    return <Empty title={t('team.noneFound', { q: search })} text={t('team.noneFoundText')} />
  return (
    <>
      <LongList
        label={t('team.members')}
        items={members}
        keyOf={({ userId }) => userId}
        height={52}
        total={pages.hasNextPage ? -1 : members.length}
        row={(member) => <MemberRow team={team} member={member} isMe={member.userId === me?.id} />}
      />
      <MoreBelow pages={pages} />
    </>
  )
}
