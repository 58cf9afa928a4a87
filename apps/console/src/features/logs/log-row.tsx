import type { LogEntry, LogLevel } from '@lathe/shared'
import { Bug, CircleAlert, Info, Link2, type LucideIcon, TriangleAlert } from 'lucide-react'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatClock, formatDateTime } from '../../lib/format.ts'
import { LineContent } from '../run/line-values.tsx'
import { WithPlaces } from '../run/place-link.tsx'
import type { Place } from '../run/places.ts'

/** A level is told by its word and its sign, and by colour besides. */
const looks: Record<LogLevel, { tone: string; Icon: LucideIcon }> = {
  debug: { tone: 'text-subtle', Icon: Bug },
  info: { tone: 'text-muted', Icon: Info },
  warn: { tone: 'text-warn', Icon: TriangleAlert },
  error: { tone: 'text-error', Icon: CircleAlert },
}

export interface LogRowProps {
  line: LogEntry
  /** The app's functions: only their places are links. */
  names: ReadonlySet<string>
  /** It belongs to the request that is open. */
  isOpen: boolean
  /** A link has led here. */
  isMeant: boolean
  linkOf: (entry: string) => string
  onJump: (place: Place) => void
  onOpen: (requestId: string) => void
}

/** One line: when, how grave, which function, what, and the request that it belongs to. */
export function LogRow({ line, names, isOpen, isMeant, linkOf, onJump, onOpen }: LogRowProps) {
  const { tone: ownTone, Icon } = looks[line.level]
  // The quietest grey is too faint on the tint of an open request.
  const tone = isOpen && line.level === 'debug' ? 'text-muted' : ownTone
  const { requestId } = line
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a larger target for the pointer; the request's button is for keys.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above.
    <div
      aria-current={isMeant || undefined}
      onClick={() => {
        if (requestId && getSelection()?.isCollapsed !== false) onOpen(requestId)
      }}
      className={cx(
        'group relative flex min-h-6 gap-3 px-4 py-0.5 hover:bg-raised max-[640px]:flex-wrap max-[640px]:gap-x-2 max-[640px]:gap-y-0',
        isMeant && 'shadow-[inset_3px_0_var(--accent)]',
        isOpen && 'bg-accent-tint',
        requestId && 'cursor-default',
      )}
    >
      <time
        dateTime={line.at}
        title={formatDateTime(line.at)}
        className={cx('w-[88px] shrink-0 tabular-nums', isOpen ? 'text-muted' : 'text-subtle')}
      >
        {formatClock(line.at)}
      </time>
      <span
        className={cx(
          'flex w-16 shrink-0 items-center gap-1.5 self-start leading-5 max-[640px]:h-5 max-[640px]:w-auto',
          tone,
        )}
      >
        <Icon size={12} aria-hidden />
        <span className="max-[640px]:sr-only">{line.level}</span>
      </span>
      <span
        className="w-32 shrink-0 truncate text-muted max-wide:w-20 max-[640px]:w-16"
        title={line.functionName ?? undefined}
      >
        {line.functionName ?? '–'}
      </span>
      <div
        className={cx(
          // A telephone has no room beside the columns.
          'min-w-0 grow cursor-text break-words whitespace-pre-wrap max-[640px]:order-last max-[640px]:basis-full',
          line.level === 'info' ? 'text-fg' : tone,
        )}
      >
        <LineContent line={line} text={(text) => <WithPlaces text={text} names={names} onJump={onJump} />} />
      </div>
      {requestId && (
        <button
          type="button"
          aria-label={t('logs.openRequest', { id: requestId })}
          aria-pressed={isOpen}
          onClick={(event) => {
            event.stopPropagation()
            onOpen(requestId)
          }}
          className="h-5 max-w-36 shrink-0 truncate rounded-kbd px-1 max-wide:max-w-16 max-[640px]:max-w-12 text-subtle tabular-nums hover:bg-bg hover:text-accent aria-pressed:text-accent"
        >
          {requestId}
        </button>
      )}
      <CopyButton
        text={() => linkOf(line.id)}
        label={t('logs.copyLink')}
        icon={Link2}
        small
        className="-my-0.5 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:opacity-100"
      />
    </div>
  )
}
