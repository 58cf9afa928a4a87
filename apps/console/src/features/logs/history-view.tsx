import { useInfiniteQuery } from '@tanstack/react-query'
import { RefreshCw, ScrollText, SearchX } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import { ErrorView } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Spinner } from '../../components/ui/spinner.tsx'
import { linesQuery } from '../../data/logs.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'
import { momentsOf } from '../../lib/time-range.ts'
import { CurlHint } from './curl-hint.tsx'
import { FunctionFilter, LevelFilter, RequestFilter, TimeFilter } from './filters.tsx'
import { lineText } from './line-text.ts'
import { LogList } from './log-list.tsx'
import { isExpression, SearchBox } from './search-box.tsx'
import type { LogsViewProps } from './views.ts'

/** Stored lines, the newest first; older ones come as one scrolls, and a search goes on until it is stopped. */
export function HistoryView({ appid, app, search, onChange, names, onJump, onOpen, linkOf }: LogsViewProps) {
  const { fn, level, q, re, rid, range, from, to, entry } = search
  const [lookedAt, setLookedAt] = useState(() => Date.now())
  const [stopped, setStopped] = useState(false)
  const filter = useMemo(
    () => ({
      appid,
      ...(fn ? { functionName: fn } : {}),
      ...(level ? { level } : {}),
      ...(rid ? { requestId: rid } : {}),
      ...(q && (!re || isExpression(q)) ? { text: q, regex: re === true } : {}),
      ...momentsOf({ range, from, to }, lookedAt),
      ...(entry ? { upTo: entry } : {}),
    }),
    [appid, fn, level, q, re, rid, range, from, to, entry, lookedAt],
  )
  const found = useInfiniteQuery(linesQuery(filter))
  const { fetchNextPage, hasNextPage, isFetching } = found
  const lines = useMemo(() => found.data?.pages.flatMap((page) => page.lines) ?? [], [found.data])
  const searched = found.data?.pages.reduce((sum, page) => sum + page.searched, 0) ?? 0
  const searchedTo = found.data?.pages.findLast((page) => page.searchedTo)?.searchedTo
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !stopped) void fetchNextPage()
  }, [hasNextPage, isFetching, stopped, fetchNextPage])
  const text = useMemo(() => lines.map(lineText).join('\n'), [lines])
  const refresh = () => {
    setStopped(false)
    setLookedAt(Date.now())
  }
  const isSearching = isFetching && !found.isPending

  const footer = (
    <div className="flex h-10 items-center gap-2 px-4 font-sans text-small text-muted" role="status">
      {isFetching ? (
        <>
          <Spinner />
          {q && searchedTo ? t('logs.searchedTo', { n: searched, when: formatDateTime(searchedTo) }) : null}
          {q && (
            <Button look="quiet" className="h-6" onClick={() => setStopped(true)}>
              {t('logs.stopSearch')}
            </Button>
          )}
        </>
      ) : hasNextPage ? (
        <>
          {searchedTo && t('logs.searchedTo', { n: searched, when: formatDateTime(searchedTo) })}
          <Button
            look="quiet"
            className="h-6"
            onClick={() => {
              setStopped(false)
              void fetchNextPage()
            }}
          >
            {t('logs.older')}
          </Button>
        </>
      ) : (
        found.data && t('logs.end')
      )}
    </div>
  )
  return (
    <>
      <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <SearchBox value={q ?? ''} isRegex={re === true} onChange={onChange} />
        <FunctionFilter appid={appid} search={search} onChange={onChange} />
        <LevelFilter search={search} onChange={onChange} />
        <TimeFilter search={search} onChange={onChange} />
        <RequestFilter search={search} onChange={onChange} />
        <div className="ml-auto flex items-center gap-2">
          <CopyButton text={text} label={t('console.copy')} />
          <IconButton label={t('action.refresh')} onClick={refresh} aria-busy={isSearching}>
            <RefreshCw size={14} aria-hidden />
          </IconButton>
        </div>
      </div>
      {entry && (
        <p role="status" className="flex min-h-9 items-center gap-3 px-4 text-small text-muted">
          {found.data && lines[0]?.id !== entry ? t('logs.entryGone') : t('logs.fromEntry')}
          <Button size="xs" look="quiet" onClick={() => onChange({ entry: undefined })}>
            {t('logs.showNewer')}
          </Button>
        </p>
      )}
      {found.error && !found.data ? (
        <ErrorView what={t('logs.failed')} error={found.error} onRetry={() => void found.refetch()} />
      ) : lines.length > 0 || hasNextPage || found.isPending ? (
        <LogList
          // A new search begins at its top.
          key={JSON.stringify(filter)}
          lines={lines}
          names={names}
          openRequest={search.request}
          onJump={onJump}
          onOpen={onOpen}
          linkOf={linkOf}
          meant={entry}
          onNearEnd={more}
          footer={footer}
        />
      ) : q || fn || level || rid || range || from || to || entry ? (
        <Empty icon={<SearchX size={18} />} title={t('logs.nothing')} text={t('logs.nothingText')}>
          <Button
            onClick={() =>
              onChange({
                q: undefined,
                re: undefined,
                fn: undefined,
                level: undefined,
                rid: undefined,
                range: undefined,
                from: undefined,
                to: undefined,
                entry: undefined,
              })
            }
          >
            {t('logs.clearFilters')}
          </Button>
        </Empty>
      ) : (
        <Empty icon={<ScrollText size={18} />} title={t('logs.emptyTitle')} text={t('logs.emptyText')}>
          <CurlHint app={app} name={[...names][0] ?? 'hello'} />
        </Empty>
      )}
    </>
  )
}
