import type { LogEntry } from '@lathe/shared'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { t } from '../../i18n/i18n.ts'
import { LogRow, type LogRowProps } from './log-row.tsx'

/** So many rows before the last one, more are asked for. */
const NEAR = 40

interface LogListProps extends Omit<LogRowProps, 'line' | 'isOpen' | 'isMeant'> {
  lines: LogEntry[]
  /** Lines are added at the end, and the end stays in sight while one is there. */
  follow?: boolean
  openRequest: string | undefined
  /** The id of the line that a link has led to. */
  meant?: string | undefined
  /** The last rows are in sight. */
  onNearEnd?: () => void
  /** Below the last line. */
  footer?: ReactNode
}

/** Lines of which only those in sight are laid out. */
export function LogList({
  lines,
  follow = false,
  openRequest,
  meant,
  onNearEnd,
  footer,
  ...row
}: LogListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => lines[index]!.id,
    estimateSize: () => 24,
    overscan: 20,
  })
  const items = virtual.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (follow && atEnd.current && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [follow, lines, virtual])
  useEffect(() => {
    if (lastShown >= lines.length - NEAR) onNearEnd?.()
  }, [lastShown, lines.length, onNearEnd])
  return (
    <div
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      role="log"
      aria-label={t('console.lines')}
      aria-live={follow ? 'polite' : 'off'}
      onScroll={({ currentTarget: el }) => {
        atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < 32
      }}
      className="min-h-0 grow overflow-auto py-1 font-mono text-small leading-5 -outline-offset-2"
    >
      <div className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const line = lines[item.index]!
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <LogRow
                {...row}
                line={line}
                isMeant={line.id === meant}
                isOpen={line.requestId !== null && line.requestId === openRequest}
              />
            </div>
          )
        })}
      </div>
      {footer}
    </div>
  )
}
