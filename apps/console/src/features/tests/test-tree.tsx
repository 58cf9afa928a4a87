import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight, Play } from 'lucide-react'
import { type KeyboardEvent, useRef } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import type { MenuEntry } from '../../components/ui/menu.tsx'
import { RightClickMenu } from '../../components/ui/right-click-menu.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatMs } from '../../lib/format.ts'
import { StateIcon } from './state-icon.tsx'
import type { TestRow } from './tree-rows.ts'

const ROW = 26

/** Tests and cases as a tree: one tab stop, arrow keys, Enter runs, a menu on every case. */
export function TestTree({
  rows,
  selected,
  menuOf,
  onSelect,
  onToggle,
  onRun,
  onMenuKey,
}: {
  rows: TestRow[]
  selected: string | null
  menuOf: (row: TestRow) => (MenuEntry | null)[]
  onSelect: (row: TestRow) => void
  onToggle: (row: TestRow) => void
  onRun: (row: TestRow) => void
  onMenuKey: (row: TestRow, key: string) => boolean
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
    getItemKey: (index) => rows[index]!.key,
  })
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  )
  const focusRow = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (!row) return
    onSelect(row)
    virtual.scrollToIndex(rows.indexOf(row))
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.key)}"]`)?.focus(),
    )
  }
  const hasBelow = (row: TestRow) => row.kind !== 'case' && row.kind !== 'test'
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at]
    if (!row) return
    if (onMenuKey(row, event.altKey ? `Alt+${event.key}` : event.key)) return event.preventDefault()
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const act: Record<string, () => void> = {
      ArrowDown: () => focusRow(at + 1),
      ArrowUp: () => focusRow(at - 1),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      ArrowRight: () => (hasBelow(row) && !row.open ? onToggle(row) : focusRow(at + 1)),
      ArrowLeft: () =>
        hasBelow(row) && row.open
          ? onToggle(row)
          : focusRow(rows.findLastIndex((one, index) => index < at && one.depth < row.depth)),
      Enter: () => onRun(row),
    }
    const handler = act[event.key]
    if (!handler) return
    event.preventDefault()
    handler()
  }
  return (
    <div ref={scroller} className="min-h-0 grow overflow-y-auto px-1 py-1">
      <div
        role="tree"
        aria-label={t('tests.tree')}
        onKeyDown={onKeyDown}
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!
          return (
            <RightClickMenu key={item.key} entries={menuOf(row)}>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it answers the keys. */}
              <div
                role="treeitem"
                data-row={row.key}
                aria-label={row.label}
                aria-level={row.depth + 1}
                aria-selected={row.key === selected}
                aria-expanded={hasBelow(row) ? row.open : undefined}
                tabIndex={item.index === at ? 0 : -1}
                onClick={() => {
                  onSelect(row)
                  if (hasBelow(row)) onToggle(row)
                }}
                className={cx(
                  'group absolute inset-x-0 flex cursor-default items-center gap-2 rounded-control pr-1 text-small -outline-offset-2 select-none hover:bg-raised',
                  row.key === selected && 'bg-raised',
                )}
                style={{
                  height: ROW,
                  transform: `translateY(${item.start}px)`,
                  paddingLeft: 6 + row.depth * 14,
                }}
              >
                <ChevronRight
                  size={13}
                  aria-hidden
                  className={cx(
                    'shrink-0 text-subtle transition-transform duration-120',
                    row.open && 'rotate-90',
                    !hasBelow(row) && 'invisible',
                  )}
                />
                <StateIcon state={row.state} />
                <span className={cx('min-w-0 grow truncate', row.depth === 0 && 'font-mono')}>
                  {row.label}
                </span>
                <span className="shrink-0 text-subtle tabular-nums">
                  {row.durationMs === null ? '' : formatMs(row.durationMs)}
                </span>
                <IconButton
                  label={t('tests.run', { name: row.label })}
                  small
                  tabIndex={-1}
                  className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
                  onClick={(event) => {
                    event.stopPropagation()
                    onRun(row)
                  }}
                >
                  <Play size={11} aria-hidden />
                </IconButton>
              </div>
            </RightClickMenu>
          )
        })}
      </div>
    </div>
  )
}
