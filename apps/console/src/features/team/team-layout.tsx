import { Link, Outlet } from '@tanstack/react-router'
import { Frame } from '../../components/shell/top-bar.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { useTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { may } from './may.ts'

const tab =
  'relative inline-flex h-9 shrink-0 items-center px-2 text-ui text-muted after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 hover:text-fg data-[status=active]:text-fg data-[status=active]:after:bg-accent'

/** The team's pages, and the way between them. */
export function TeamLayout() {
  const team = useTeam()
  return (
    <Frame>
      <main className="h-full overflow-y-auto">
        <div className="mx-auto flex max-w-[1120px] flex-col px-6 py-6 max-wide:px-4">
          <h1 className="truncate text-page font-semibold">{team?.name ?? t('team.title')}</h1>
          <nav
            aria-label={t('team.title')}
            className="mt-2 mb-6 flex gap-2 overflow-x-auto border-b border-line"
          >
            <Link to="/team" activeOptions={{ exact: true }} className={tab}>
              {t('team.overview')}
            </Link>
            <Link to="/team/members" className={tab}>
              {t('team.members')}
            </Link>
            {may(team?.role, 'teamTokens.list') && (
              <Link to="/team/tokens" className={tab}>
                {t('tokens.title')}
              </Link>
            )}
            {may(team?.role, 'audit.list') && (
              <Link to="/team/audit" className={tab}>
                {t('audit.title')}
              </Link>
            )}
          </nav>
          {team ? <Outlet /> : <Skeleton className="h-64" />}
        </div>
      </main>
    </Frame>
  )
}
