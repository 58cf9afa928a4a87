import type { AuditEntry } from '@lathe/shared'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Download, Search } from 'lucide-react'
import { useDeferredValue } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { LongRows } from '../../components/ui/long-rows.tsx'
import { MoreBelow, useMore } from '../../components/ui/more-below.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { auditQuery } from '../../data/audit.ts'
import { useTeam } from '../../data/teams.ts'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'

const route = getRouteApi('/_signed/team/audit')
const head = 'h-8 px-3 text-left text-label font-medium text-muted'
const cell = 'h-9 truncate px-3'

/** Who did what to what, when and from where. */
export function AuditPage() {
  const { q = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const team = useTeam()
  const teamId = team?.id ?? ''
  const search = useDeferredValue(q)
  const pages = useInfiniteQuery(auditQuery(teamId, search))
  const more = useMore(pages)
  const entries = pages.data?.pages.flatMap((page) => page.entries)
  return (
    <>
      <title>{`${t('audit.title')} · ${team?.name} · Lathe`}</title>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <label className="relative w-72">
          <span className="sr-only">{t('audit.search')}</span>
          <Search size={14} aria-hidden className="absolute top-[9px] left-2.5 text-subtle" />
          <input
            type="search"
            value={q}
            placeholder={t('audit.search')}
            onChange={(event) =>
              void navigate({ search: { q: event.target.value || undefined }, replace: true })
            }
            className="h-8 w-full rounded-control border border-control bg-bg pr-2.5 pl-8 text-ui"
          />
        </label>
        <div className="grow" />
        <a
          href={`/api/teams/${teamId}/audit.csv?search=${encodeURIComponent(search)}`}
          download="audit.csv"
          className="inline-flex h-8 items-center gap-2 rounded-control border border-line bg-surface px-3 text-ui font-medium hover:bg-raised"
        >
          <Download size={14} aria-hidden />
          CSV
        </a>
      </div>
      {pages.error && !entries ? (
        <ErrorView what={t('audit.failed')} error={pages.error} onRetry={() => void pages.refetch()} />
      ) : !entries ? (
        <Skeleton className="h-64" />
      ) : entries.length === 0 ? (
        <Empty title={t('audit.none')} text={t('audit.noneText')} />
      ) : (
        <div className="overflow-x-auto rounded-popover border border-line bg-surface">
          <table className="w-full min-w-[860px] table-fixed border-collapse">
            <caption className="sr-only">{t('audit.title')}</caption>
            <thead className="border-b border-line bg-raised">
              <tr>
                <th scope="col" className={`${head} w-[130px]`}>
                  {t('audit.when')}
                </th>
                <th scope="col" className={`${head} w-[18%]`}>
                  {t('audit.who')}
                </th>
                <th scope="col" className={`${head} w-[20%]`}>
                  {t('audit.what')}
                </th>
                <th scope="col" className={head}>
                  {t('audit.toWhat')}
                </th>
                <th scope="col" className={`${head} w-[120px]`}>
                  {t('audit.how')}
                </th>
                <th scope="col" className={`${head} w-[130px]`}>
                  {t('audit.where')}
                </th>
              </tr>
            </thead>
            <LongRows
              items={entries}
              keyOf={({ id }) => id}
              height={36}
              columns={6}
              onNearEnd={more}
              row={(entry) => <Row entry={entry} />}
            />
          </table>
        </div>
      )}
      <MoreBelow pages={pages} />
    </>
  )
}

function Row({ entry }: { entry: AuditEntry }) {
  const { at, who, token, action, app, target, outcome, address } = entry
  return (
    <tr className="border-t border-line first:border-0">
      <td className={`${cell} text-small text-muted`}>
        <time dateTime={at} title={formatDateTime(at)}>
          {formatAgo(at)}
        </time>
      </td>
      <td className={cell}>
        <bdi>{who}</bdi>
        {token !== null && <span className="text-small text-muted"> · {t('audit.byToken', { token })}</span>}
      </td>
      <td className={`${cell} font-mono text-small`}>{action}</td>
      <td className={cell}>
        {app?.name ? (
          <Link
            to="/apps/$appid/functions"
            params={{ appid: app.appid }}
            className="text-accent hover:underline"
          >
            {app.name}
          </Link>
        ) : (
          <span className="text-muted">{app?.appid}</span>
        )}{' '}
        <bdi className="text-muted">{Object.values(target).join(' · ')}</bdi>
      </td>
      <td className={`${cell} text-small ${outcome === 'ok' ? 'text-ok' : 'text-warn'}`}>{outcome}</td>
      <td className={`${cell} font-mono text-small text-muted`}>{address}</td>
    </tr>
  )
}
