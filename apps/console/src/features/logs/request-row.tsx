import type { InvocationEntry } from '@lathe/shared'
import { StatusMark } from '../../components/status-mark.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatClock, formatDateTime, formatMs } from '../../lib/format.ts'

/** The columns of the list, for its head and its rows. */
export const columns =
  'grid grid-cols-[88px_56px_minmax(0,3fr)_minmax(0,2fr)_72px_64px] items-center gap-3 max-[1200px]:grid-cols-[88px_56px_minmax(0,3fr)_minmax(0,2fr)_64px]'

export function RequestRow({
  item,
  top,
  isOpen,
  onOpen,
}: {
  item: InvocationEntry
  top: number
  isOpen: boolean
  onOpen: (requestId: string) => void
}) {
  const { at, status, method, path, functionName, revision, durationMs, runId, trigger, requestId } = item
  return (
    <li
      style={{ transform: `translateY(${top}px)` }}
      className={cx(
        columns,
        'absolute inset-x-0 h-8 px-4 text-small',
        isOpen ? 'bg-accent-tint' : 'hover:bg-raised',
      )}
    >
      <span>
        <time
          dateTime={at}
          title={formatDateTime(at)}
          className={cx('font-mono text-small tabular-nums', isOpen ? 'text-muted' : 'text-subtle')}
        >
          {formatClock(at)}
        </time>
      </span>
      <span>
        <StatusMark status={status} />
      </span>
      <span className="min-w-0">
        <button
          type="button"
          aria-label={t('logs.openRequestOf', {
            what: `${method} ${path}`,
            status,
            ms: formatMs(durationMs),
            id: requestId,
          })}
          aria-pressed={isOpen}
          onClick={() => onOpen(requestId)}
          className="flex w-full min-w-0 gap-2 rounded-kbd text-left font-mono text-small outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <span className="shrink-0 text-muted">{method}</span> <span className="truncate">{path}</span>
        </button>
      </span>
      <span className="truncate text-muted">
        {functionName}
        <span className={isOpen ? 'text-muted' : 'text-subtle'}>
          {' '}
          {runId !== null && revision === 0 ? t('logs.draft') : `r${revision}`}
        </span>
      </span>
      <span className="text-right tabular-nums">{formatMs(durationMs)}</span>
      <span className="text-muted max-[1200px]:hidden">{runId === null ? trigger : t('logs.run')}</span>
    </li>
  )
}
