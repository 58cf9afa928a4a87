import type { LogLine } from '@lathe/shared'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type RefObject, useEffect, useRef } from 'react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatClock } from '../../lib/format.ts'
import { LineContent } from './line-values.tsx'
import { PlaceLink, WithPlaces } from './place-link.tsx'
import type { Place } from './places.ts'

const tones = { debug: 'text-subtle', info: 'text-fg', warn: 'text-warn', error: 'text-error' } as const

/** Few enough lines to be laid out at once: then a selection can run over all of them. */
const VIRTUAL_FROM = 400

/**
 * Console lines: time, level, selectable text, the place that wrote them. Follows the end while one is at the end.
 */
export function LogLines({
  lines,
  names,
  showFunction = false,
  onJump,
}: {
  lines: LogLine[]
  /** The app's functions: only their places are links. */
  names: ReadonlySet<string>
  showFunction?: boolean
  onJump: (place: Place) => void
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  useEffect(() => {
    const el = scroller.current
    if (el && atEnd.current) el.scrollTop = el.scrollHeight
  }, [lines])
  const row = (line: LogLine) => (
    <Line key={line.seq} line={line} names={names} showFunction={showFunction} onJump={onJump} />
  )
  return (
    <div
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      role="log"
      aria-label={t('console.lines')}
      onScroll={(e) => {
        const el = e.currentTarget
        atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < 24
      }}
      className="min-h-0 grow overflow-auto px-4 py-1 font-mono text-small leading-5 -outline-offset-2"
    >
      {lines.length < VIRTUAL_FROM ? (
        lines.map((line, index) => <div key={`${line.seq}-${index}`}>{row(line)}</div>)
      ) : (
        <ManyLines lines={lines} scroller={scroller} row={row} />
      )}
    </div>
  )
}

/** Apart, because its reading of the scroller lays out the page, which a console with little in it need not pay for. */
function ManyLines({
  lines,
  scroller,
  row,
}: {
  lines: LogLine[]
  scroller: RefObject<HTMLDivElement | null>
  row: (line: LogLine) => ReactNode
}) {
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 20,
    overscan: 20,
  })
  return (
    <div className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => (
        <div
          key={item.key}
          ref={virtual.measureElement}
          data-index={item.index}
          className="absolute inset-x-0"
          style={{ transform: `translateY(${item.start}px)` }}
        >
          {row(lines[item.index]!)}
        </div>
      ))}
    </div>
  )
}

function Line({
  line,
  names,
  showFunction,
  onJump,
}: {
  line: LogLine
  names: ReadonlySet<string>
  showFunction: boolean
  onJump: (place: Place) => void
}) {
  const { source } = line
  const text = (written: string) => <WithPlaces text={written} names={names} onJump={onJump} />
  const sourceName = source?.file.replace(/\.ts$/, '')
  return (
    <div className="flex gap-3 rounded-kbd hover:bg-raised">
      <time dateTime={line.at} className="shrink-0 text-subtle tabular-nums">
        {formatClock(line.at)}
      </time>
      <span className={cx('w-9 shrink-0 text-label leading-5 font-medium uppercase', tones[line.level])}>
        {line.level}
      </span>
      {showFunction && (
        <span className="w-32 shrink-0 truncate text-muted" title={line.functionName ?? undefined}>
          {line.functionName ?? '–'}
        </span>
      )}
      <div className={cx('min-w-0 grow break-words whitespace-pre-wrap', tones[line.level])}>
        <LineContent line={line} text={text} />
      </div>
      {source && sourceName && names.has(sourceName) && (
        <span className="shrink-0 text-subtle">
          <PlaceLink
            place={{ name: sourceName, line: source.line, column: source.column }}
            text={`${source.file}:${source.line}`}
            onJump={onJump}
          />
        </span>
      )}
    </div>
  )
}
