import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ChartLine, ChartSpline, Table2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { appQuery } from '../../data/apps.ts'
import { functionMetricsQuery, seriesQuery } from '../../data/metrics.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'
import { momentsOf, ranges } from '../../lib/time-range.ts'
import { CurlHint } from '../logs/curl-hint.tsx'
import { FunctionFilter } from '../logs/filters.tsx'
import { Charts } from './charts.tsx'
import { FunctionsTable } from './functions-table.tsx'
import type { MetricsSearch } from './metrics-search.ts'
import { SeriesTable } from './series-table.tsx'
import { Totals } from './totals.tsx'

const route = getRouteApi('/_signed/apps/$appid/metrics')
const MINUTE_MS = 60_000
const shown = ranges.filter((range) => range !== '15m')

/** How an app, or one of its functions, has done over time. */
export function MetricsPage() {
  const { appid } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const app = useQuery(appQuery(appid))
  const minute = useMinute()
  const { fn, as, from, to } = search
  const isOwn = from !== undefined || to !== undefined
  const range = search.range ?? '1h'
  const moments = momentsOf(isOwn ? { from, to } : { range }, minute)
  const time = { ...moments, from: moments.from ?? new Date(minute - 3_600_000).toISOString() }
  const series = useQuery(seriesQuery(appid, time, fn))
  const functions = useQuery(functionMetricsQuery(appid, time))
  const change = (next: MetricsSearch) =>
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true })
  const ofApp = fn === undefined
  const isQuiet = series.data?.total.requests === 0 && series.data.points.every((p) => p.memoryBytes === null)

  return (
    <main className="h-full overflow-y-auto bg-surface">
      <title>{`${t('nav.metrics')} · ${app.data?.name ?? appid} · Lathe`}</title>
      <div className="flex min-h-12 flex-wrap items-center gap-2 px-4 py-2">
        <h1 className="mr-2 text-title font-semibold">{t('nav.metrics')}</h1>
        <FunctionFilter appid={appid} search={{ fn }} onChange={({ fn: name }) => change({ fn: name })} />
        <Segments
          label={t('time.label')}
          value={isOwn ? '' : range}
          items={shown.map((value) => ({ value, label: value }))}
          onChange={(value) =>
            change({ range: shown.find((one) => one === value), from: undefined, to: undefined })
          }
        />
        {isOwn && series.data && (
          <span className="text-small text-muted">
            {formatDateTime(series.data.from)} – {formatDateTime(series.data.to)}
          </span>
        )}
        <div className="grow" />
        <Link
          to="/apps/$appid/logs"
          params={{ appid }}
          search={{
            view: 'requests',
            fn,
            ...(isOwn ? { from, to } : { range: range === '30d' ? '7d' : range }),
          }}
          className="text-small text-muted underline decoration-control underline-offset-2 hover:text-accent"
        >
          {t('metrics.showRequests')}
        </Link>
        <IconButton
          label={t('metrics.table')}
          aria-pressed={as === 'table'}
          onClick={() => change({ as: as === 'table' ? undefined : 'table' })}
        >
          {as === 'table' ? <ChartLine size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
        </IconButton>
      </div>
      <div className="flex flex-col gap-8 border-t border-line px-4 py-4">
        {series.error && !series.data ? (
          <ErrorView what={t('metrics.failed')} error={series.error} onRetry={() => void series.refetch()} />
        ) : !series.data ? (
          <Skeleton className="h-[400px]" />
        ) : isQuiet ? (
          <Empty
            icon={<ChartSpline size={18} />}
            title={t('metrics.emptyTitle')}
            text={t('metrics.emptyText')}
          >
            <CurlHint app={app.data} name={fn ?? 'hello'} />
          </Empty>
        ) : (
          <>
            <Totals series={series.data} ofApp={ofApp} />
            {as === 'table' ? (
              <SeriesTable series={series.data} ofApp={ofApp} />
            ) : (
              <Charts
                series={series.data}
                ofApp={ofApp}
                onZoom={(start, end) =>
                  change({
                    range: undefined,
                    from: new Date(start).toISOString(),
                    to: new Date(end).toISOString(),
                  })
                }
              />
            )}
          </>
        )}
        {ofApp && functions.data && functions.data.length > 0 && (
          <FunctionsTable functions={functions.data} onChoose={(name) => change({ fn: name })} />
        )}
      </div>
    </main>
  )
}

/** The beginning of the running minute: what ends now moves on with it. */
function useMinute(): number {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS)
  useEffect(() => {
    const timer = setInterval(() => setMinute(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS), 5_000)
    return () => clearInterval(timer)
  }, [])
  return minute
}
