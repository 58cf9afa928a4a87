import type { LogEntry } from '@lathe/shared'
import { Eraser, Pause, Play, ScrollText } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { CurlHint } from './curl-hint.tsx'
import { FunctionFilter, LevelFilter } from './filters.tsx'
import { lineText } from './line-text.ts'
import { LogList } from './log-list.tsx'
import { isExpression, SearchBox } from './search-box.tsx'
import { useTail } from './use-tail.ts'
import type { LogsViewProps } from './views.ts'

/** Lines as they are written. */
export function LiveView({ appid, app, search, onChange, names, onJump, onOpen, linkOf }: LogsViewProps) {
  const { fn, level, q = '', re } = search
  const { lines, dropped, state, quiet, clear } = useTail(appid, fn, level)
  const [frozen, setFrozen] = useState<LogEntry[] | null>(null)
  useEffect(() => setFrozen(null), [appid, fn, level])
  const wanted = useMemo(() => matcherOf(q, re === true), [q, re])
  const shown = useMemo(() => (frozen ?? lines).filter(({ text }) => wanted(text)), [frozen, lines, wanted])
  const behind = frozen ? lines.length - frozen.length : 0
  const text = useMemo(() => shown.map(lineText).join('\n'), [shown])
  return (
    <>
      <div className="flex min-h-12 shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <SearchBox value={q} isRegex={re === true} onChange={onChange} />
        <FunctionFilter appid={appid} search={search} onChange={onChange} />
        <LevelFilter search={search} onChange={onChange} />
        <div className="grow" />
        <span role="status" className="flex items-center gap-1.5 text-small text-muted tabular-nums">
          <span
            aria-hidden
            className={cx(
              'size-1.5 rounded-full',
              frozen ? 'bg-warn' : state === 'live' ? 'bg-ok' : 'animate-breathe bg-warn',
            )}
          />
          {frozen
            ? t('logs.paused', { n: behind })
            : state === 'live'
              ? t('logs.live')
              : t('logs.connecting')}
        </span>
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
      {dropped > 0 && <p className="px-4 pt-2 text-small text-warn">{t('logs.dropped', { n: dropped })}</p>}
      {shown.length > 0 ? (
        <LogList
          lines={shown}
          names={names}
          follow={!frozen}
          openRequest={search.request}
          onJump={onJump}
          onOpen={onOpen}
          linkOf={linkOf}
        />
      ) : q && lines.length > 0 ? (
        <Empty title={t('logs.noneFound', { q })} text={t('logs.noneFoundText', { n: lines.length })} />
      ) : (
        quiet && (
          <Empty icon={<ScrollText size={18} />} title={t('logs.emptyTitle')} text={t('logs.emptyText')}>
            <CurlHint app={app} name={fn ?? [...names][0] ?? 'hello'} />
          </Empty>
        )
      )}
    </>
  )
}

/** What is no regular expression (yet) hides nothing. */
function matcherOf(q: string, isRegex: boolean): (text: string) => boolean {
  if (!q) return () => true
  if (isRegex) {
    if (!isExpression(q)) return () => true
    const expression = new RegExp(q, 'iu')
    return (text) => expression.test(text)
  }
  const needle = q.toLowerCase()
  return (text) => text.toLowerCase().includes(needle)
}
