import type { LogLevel, LogLine } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Eraser, Pause, Play, ScrollText, Search } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Select } from '../../components/ui/select.tsx'
import { appQuery } from '../../data/apps.ts'
import { functionsQuery } from '../../data/functions.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatClock } from '../../lib/format.ts'
import { LogLines } from '../run/log-lines.tsx'
import { useTail } from './use-tail.ts'

const route = getRouteApi('/_signed/apps/$appid/logs')
const levels: LogLevel[] = ['debug', 'info', 'warn', 'error']

/** What the app's functions write, as they write it. */
export function LogsPage() {
  const { appid } = route.useParams()
  const { fn, level, q } = route.useSearch()
  const navigate = route.useNavigate()
  const functions = useQuery(functionsQuery(appid))
  const app = useQuery(appQuery(appid))
  const { lines, dropped, state, clear } = useTail(appid, fn, level)
  const [frozen, setFrozen] = useState<LogLine[] | null>(null)
  const names = useMemo(() => new Set(functions.data?.map((one) => one.name)), [functions.data])
  const search = (change: {
    fn?: string | undefined
    level?: LogLevel | undefined
    q?: string | undefined
  }) => void navigate({ search: (s) => ({ ...s, ...change }), replace: true })
  useEffect(() => setFrozen(null), [appid, fn, level])

  const needle = q?.toLowerCase() ?? ''
  const shown = useMemo(
    () => (frozen ?? lines).filter((line) => !needle || line.text.toLowerCase().includes(needle)),
    [frozen, lines, needle],
  )
  const behind = frozen ? lines.length - frozen.length : 0
  const text = useMemo(
    () => shown.map((l) => `${formatClock(l.at)} ${l.level} ${l.functionName ?? '-'} ${l.text}`).join('\n'),
    [shown],
  )
  return (
    <main className="flex h-full flex-col bg-surface">
      <title>{`${t('nav.logs')} · ${app.data?.name ?? appid} · Lathe`}</title>
      <div className="flex h-12 shrink-0 items-center gap-2 border-b border-line px-4">
        <h1 className="mr-2 text-title font-semibold">{t('nav.logs')}</h1>
        <span role="status" className="mr-2 flex min-w-20 items-center gap-1.5 text-small text-muted">
          <span
            aria-hidden
            className={cx('size-1.5 rounded-full', state === 'live' ? 'bg-ok' : 'animate-breathe bg-warn')}
          />
          {frozen
            ? t('logs.paused', { n: behind })
            : state === 'live'
              ? t('logs.live')
              : t('logs.connecting')}
        </span>
        <div className="grow" />
        <label className="relative w-52 shrink">
          <span className="sr-only">{t('logs.search')}</span>
          <Search size={14} aria-hidden className="absolute top-[9px] left-2.5 text-subtle" />
          <input
            type="search"
            value={q ?? ''}
            placeholder={t('logs.search')}
            onChange={(e) => search({ q: e.target.value || undefined })}
            className="h-8 w-full rounded-control border border-control bg-bg pr-2 pl-8 text-ui"
          />
        </label>
        <Select
          aria-label={t('logs.function')}
          className="w-36"
          value={fn ?? ''}
          onChange={(e) => search({ fn: e.target.value || undefined })}
        >
          <option value="">{t('logs.allFunctions')}</option>
          {functions.data?.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </Select>
        <Select
          aria-label={t('logs.level')}
          className="w-28"
          value={level ?? ''}
          onChange={(e) => search({ level: levels.find((one) => one === e.target.value) })}
        >
          <option value="">{t('logs.allLevels')}</option>
          {levels.map((one) => (
            <option key={one} value={one}>
              ≥ {one}
            </option>
          ))}
        </Select>
        <IconButton
          label={frozen ? t('logs.resume') : t('logs.pause')}
          aria-pressed={frozen !== null}
          onClick={() => setFrozen(frozen ? null : lines)}
        >
          {frozen ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
        </IconButton>
        <CopyButton text={text} label={t('console.copy')} />
        <IconButton
          label={t('console.clear')}
          onClick={() => {
            clear()
            setFrozen(null)
          }}
        >
          <Eraser size={14} aria-hidden />
        </IconButton>
      </div>
      {dropped > 0 && (
        <p className="px-4 pt-2 text-small text-warn">{t('console.dropped', { n: dropped })}</p>
      )}
      {shown.length > 0 ? (
        <LogLines
          lines={shown}
          names={names}
          showFunction
          onJump={({ name, line, column }) =>
            void navigate({
              to: '/apps/$appid/functions/$',
              params: { appid, _splat: name },
              search: { line, column },
            })
          }
        />
      ) : needle && lines.length > 0 ? (
        <Empty
          title={t('logs.noneFound', { q: q ?? '' })}
          text={t('logs.noneFoundText', { n: lines.length })}
        />
      ) : (
        <Empty icon={<ScrollText size={18} />} title={t('logs.emptyTitle')} text={t('logs.emptyText')}>
          {app.data && <Curl url={app.data.url} name={fn ?? functions.data?.[0]?.name ?? 'hello'} />}
        </Empty>
      )}
    </main>
  )
}

function Curl({ url, name }: { url: string; name: string }) {
  const command = `curl ${url}/${name}`
  return (
    <div className="flex max-w-full items-center gap-1 rounded-control border border-line bg-bg py-1 pr-1 pl-3">
      <code className="truncate font-mono text-small">{command}</code>
      <CopyButton text={command} label={t('logs.copyCurl')} />
    </div>
  )
}
