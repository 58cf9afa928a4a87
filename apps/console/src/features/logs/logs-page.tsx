import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { Segments } from '../../components/ui/segments.tsx'
import { appQuery } from '../../data/apps.ts'
import { functionsQuery } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { linkToEntry } from '../../lib/links.ts'
import type { Place } from '../run/places.ts'
import { HistoryView } from './history-view.tsx'
import { InvocationPanel } from './invocation-panel.tsx'
import { LiveView } from './live-view.tsx'
import { type LogsSearch, views } from './logs-search.ts'
import { RequestsView } from './requests-view.tsx'
import type { LogsViewProps } from './views.ts'

const route = getRouteApi('/_signed/apps/$appid/logs')

/** What the app's functions write and answer: as it happens, and what is stored of it. */
export function LogsPage() {
  const { appid } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const functions = useQuery(functionsQuery(appid))
  const app = useQuery(appQuery(appid))
  const names = useMemo(() => new Set(functions.data?.map((one) => one.name)), [functions.data])
  const onChange = useCallback(
    (change: LogsSearch) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true }),
    [navigate],
  )
  const onJump = useCallback(
    ({ name, line, column }: Place) =>
      void navigate({
        to: '/apps/$appid/functions/$',
        params: { appid, _splat: name },
        search: { line, column },
      }),
    [navigate, appid],
  )
  const { view = 'live', request } = search
  const onOpen = useCallback(
    (requestId: string) => onChange({ request: requestId === request ? undefined : requestId }),
    [onChange, request],
  )
  const linkOf = useCallback((entry: string) => linkToEntry(appid, entry), [appid])
  const props: LogsViewProps = { appid, app: app.data, search, onChange, names, onJump, onOpen, linkOf }
  return (
    <main className="relative flex h-full bg-surface">
      <title>{`${t('nav.logs')} · ${app.data?.name ?? appid} · Lathe`}</title>
      <div className="flex min-w-0 grow flex-col">
        <div className="flex h-12 shrink-0 items-center gap-4 px-4">
          <h1 className="text-title font-semibold">{t('nav.logs')}</h1>
          <Segments
            label={t('logs.view')}
            value={view}
            items={[
              { value: 'live', label: t('logs.viewLive') },
              { value: 'history', label: t('logs.viewHistory') },
              { value: 'requests', label: t('logs.viewRequests') },
            ]}
            onChange={(value) => onChange({ view: views.find((one) => one === value) })}
          />
        </div>
        {view === 'live' && <LiveView {...props} />}
        {view === 'history' && <HistoryView {...props} />}
        {view === 'requests' && <RequestsView {...props} />}
      </div>
      {request && (
        <InvocationPanel
          appid={appid}
          requestId={request}
          names={names}
          onJump={onJump}
          onClose={() => onChange({ request: undefined })}
        />
      )}
    </main>
  )
}
