import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowLeftRight, RefreshCw, SearchX } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { invocationsQuery } from '../../data/logs.ts'
import { t } from '../../i18n/i18n.ts'
import { momentsOf } from '../../lib/time-range.ts'
import { CurlHint } from './curl-hint.tsx'
import { FunctionFilter, RequestFilter, StatusFilter, TimeFilter } from './filters.tsx'
import { columns, RequestRow } from './request-row.tsx'
import type { LogsViewProps } from './views.ts'

const ROW = 32
const NEAR = 20
/** New requests show at the top as long as nothing older was asked for. */
const REFRESH_MS = 4_000

/** Every recorded request, those that ended last first. */
export function RequestsView({ appid, app, search, onChange, names, onOpen }: LogsViewProps) {
  const { fn, status, rid, range, from, to } = search
  const [lookedAt, setLookedAt] = useState(() => Date.now())
  const filter = useMemo(
    () => ({
      appid,
      ...(fn ? { functionName: fn } : {}),
      ...(status ? { status } : {}),
      ...(rid ? { requestId: rid } : {}),
      ...momentsOf({ range, from, to }, lookedAt),
    }),
    [appid, fn, status, rid, range, from, to, lookedAt],
  )
  const found = useInfiniteQuery({
    ...invocationsQuery(filter),
    refetchInterval: ({ state }) => (to === undefined && state.data?.pages.length === 1 ? REFRESH_MS : false),
  })
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = found
  const items = useMemo(() => found.data?.pages.flatMap((page) => page.items) ?? [], [found.data])
  const unrecorded = found.data?.pages.reduce((sum, page) => sum + page.unrecorded, 0) ?? 0
  const isFiltered = Boolean(fn || status || rid || range || from || to)

  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => items[index]!.id,
    estimateSize: () => ROW,
    overscan: 12,
  })
  const rows = virtual.getVirtualItems()
  const lastShown = rows.at(-1)?.index ?? -1
  useEffect(() => {
    if (items.length > 0 && lastShown >= items.length - NEAR && hasNextPage && !isFetchingNextPage) {
      void fetchNextPage()
    }
  }, [lastShown, items.length, hasNextPage, isFetchingNextPage, fetchNextPage])

  return (
    <>
      <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <FunctionFilter appid={appid} search={search} onChange={onChange} />
        <StatusFilter search={search} onChange={onChange} />
        <TimeFilter search={search} onChange={onChange} />
        <RequestFilter search={search} onChange={onChange} />
        <div className="grow" />
        <IconButton label={t('action.refresh')} onClick={() => setLookedAt(Date.now())}>
          <RefreshCw size={14} aria-hidden />
        </IconButton>
      </div>
      {unrecorded > 0 && (
        <p className="px-4 pt-2 text-small text-muted">{t('logs.unrecorded', { n: unrecorded })}</p>
      )}
      {found.error && !found.data ? (
        <ErrorView what={t('logs.failed')} error={found.error} onRetry={() => void found.refetch()} />
      ) : items.length > 0 || found.isPending ? (
        <>
          <div
            aria-hidden
            className={`${columns} h-8 shrink-0 border-b border-line px-4 text-label font-medium text-muted`}
          >
            <span>{t('logs.time')}</span>
            <span>{t('logs.status')}</span>
            <span>{t('logs.request')}</span>
            <span>{t('logs.function')}</span>
            <span className="text-right">{t('logs.duration')}</span>
            <span className="max-[1200px]:hidden">{t('logs.trigger')}</span>
          </div>
          <div ref={scroller} className="min-h-0 grow overflow-auto -outline-offset-2">
            <ul
              aria-label={t('logs.requests')}
              className="relative"
              style={{ height: virtual.getTotalSize() }}
            >
              {rows.map(({ index, key, start }) => (
                <RequestRow
                  key={key}
                  top={start}
                  item={items[index]!}
                  isOpen={items[index]!.requestId === search.request}
                  onOpen={onOpen}
                />
              ))}
            </ul>
            <div role="status" className="flex h-10 items-center px-4 text-small text-muted">
              {isFetchingNextPage || found.isPending ? <Spinner /> : !hasNextPage && t('logs.end')}
            </div>
          </div>
        </>
      ) : isFiltered ? (
        <Empty icon={<SearchX size={18} />} title={t('logs.noRequests')} text={t('logs.nothingText')}>
          <Button
            onClick={() =>
              onChange({
                fn: undefined,
                status: undefined,
                rid: undefined,
                range: undefined,
                from: undefined,
                to: undefined,
              })
            }
          >
            {t('logs.clearFilters')}
          </Button>
        </Empty>
      ) : (
        <Empty
          icon={<ArrowLeftRight size={18} />}
          title={t('logs.noRequestsYet')}
          text={t('logs.noRequestsText')}
        >
          <CurlHint app={app} name={[...names][0] ?? 'hello'} />
        </Empty>
      )}
    </>
  )
}
