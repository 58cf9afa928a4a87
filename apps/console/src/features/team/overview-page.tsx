import type { DashboardFunction } from '@lathe/shared'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { type Board, useBoard, useFollowDashboard } from '../../data/dashboard.ts'
import { useTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime, formatMs } from '../../lib/format.ts'
import { TeamGlance } from '../apps/team-glance.tsx'
import { Sparkline } from '../metrics/sparkline.tsx'

/** What goes on in the whole team now: figures, what fails and what is slow, who is here, what was done. */
export function OverviewPage() {
  const team = useTeam()
  useFollowDashboard(team?.id)
  const board = useBoard()
  if (board.teamId !== team?.id) {
    return board.error ? (
      <ErrorView what={t('team.loadFailed')} error={board.error} onRetry={() => location.reload()} />
    ) : (
      <Skeleton className="h-64" />
    )
  }
  const names = new Map(board.apps.map(({ appid, name }) => [appid, name]))
  return (
    <>
      <title>{`${t('team.overview')} · ${team?.name} · Lathe`}</title>
      <TeamGlance board={board} />
      <div className="mt-4 rounded-popover border border-line bg-surface p-4">
        <h2 className="mb-2 text-label font-medium text-muted">{t('glance.lastHour')}</h2>
        <Sparkline requests={added(board, 'requests')} errors={added(board, 'errors')} />
      </div>
      <div className="mt-4 grid grid-cols-2 gap-4 max-wide:grid-cols-1">
        <Panel
          title={t('overview.failing')}
          empty={t('overview.noneFailing')}
          isEmpty={board.failing.length === 0}
        >
          {board.failing.map((fn) => (
            <FunctionRow key={`${fn.appid}/${fn.functionName}`} fn={fn} app={names.get(fn.appid)}>
              <span className="text-error">{t('metrics.hourErrors', { n: fn.errors })}</span>
            </FunctionRow>
          ))}
        </Panel>
        <Panel title={t('overview.slow')} empty={t('overview.noneSlow')} isEmpty={board.slow.length === 0}>
          {board.slow.map((fn) => (
            <FunctionRow key={`${fn.appid}/${fn.functionName}`} fn={fn} app={names.get(fn.appid)}>
              p95 {fn.p95 === null ? '–' : formatMs(fn.p95)}
            </FunctionRow>
          ))}
        </Panel>
        <Panel title={t('overview.here')} empty={t('overview.nobody')} isEmpty={board.people.length === 0}>
          {board.people.map((one, index) => (
            <li key={`${one.who}/${one.appid}/${index}`} className={row}>
              <span className="min-w-0 grow truncate">
                <bdi>{one.who}</bdi>
              </span>
              <Link to="/apps/$appid/functions" params={{ appid: one.appid }} className={link}>
                {[names.get(one.appid), one.functionName].filter(Boolean).join(' / ')}
              </Link>
            </li>
          ))}
        </Panel>
        <Panel
          title={t('overview.activity')}
          empty={t('overview.quiet')}
          isEmpty={board.activity.length === 0}
        >
          {board.activity.map((one) => (
            <li key={one.id} className={row}>
              <span className="min-w-0 grow truncate">
                <bdi>{one.who}</bdi> <code className="font-mono text-small text-muted">{one.action}</code>{' '}
                <bdi>{one.target}</bdi>
              </span>
              {one.appid && names.has(one.appid) && (
                <Link to="/apps/$appid/functions" params={{ appid: one.appid }} className={link}>
                  {names.get(one.appid)}
                </Link>
              )}
              <time
                dateTime={one.at}
                title={formatDateTime(one.at)}
                className="shrink-0 text-small text-muted"
              >
                {formatAgo(one.at)}
              </time>
            </li>
          ))}
        </Panel>
      </div>
    </>
  )
}

const row = 'flex min-h-9 items-center gap-3 border-t border-line px-4 py-1 first:border-0'
const link = 'max-w-[45%] truncate text-small text-accent hover:underline'

function Panel({
  title,
  empty,
  isEmpty,
  children,
}: {
  title: string
  empty: string
  isEmpty: boolean
  children: ReactNode
}) {
  return (
    <section aria-label={title} className="overflow-hidden rounded-popover border border-line bg-surface">
      <h2 className="border-b border-line bg-raised px-4 py-2 text-label font-medium text-muted">{title}</h2>
      {isEmpty ? <p className="px-4 py-3 text-small text-muted">{empty}</p> : <ul>{children}</ul>}
    </section>
  )
}

function FunctionRow({
  fn,
  app,
  children,
}: {
  fn: DashboardFunction
  app: string | undefined
  children: ReactNode
}) {
  return (
    <li className={row}>
      <Link
        to="/apps/$appid/functions/$"
        params={{ appid: fn.appid, _splat: fn.functionName }}
        className="min-w-0 grow truncate hover:underline"
      >
        <span className="text-muted">{app} / </span>
        {fn.functionName}
      </Link>
      <span className="shrink-0 text-small text-muted tabular-nums">
        {t('metrics.hourRequests', { n: fn.requests })}
      </span>
      <span className="shrink-0 text-small tabular-nums">{children}</span>
    </li>
  )
}

/** Minute by minute over all apps. */
function added({ apps }: Board, what: 'requests' | 'errors'): number[] {
  return Array.from({ length: 60 }, (_, minute) =>
    apps.reduce((all, app) => all + (app[what][minute] ?? 0), 0),
  )
}
