import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight, Play } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '../../components/ui/icon-button.tsx'
import type { MenuEntry } from '../../components/ui/menu.tsx'
import { RightClickMenu } from '../../components/ui/right-click-menu.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatMs } from '../../lib/format.ts'
import { useTreeKeys } from '../../lib/use-tree-keys.ts'
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
  acts,
}: {
  rows: TestRow[]
  selected: string | null
  menuOf: (row: TestRow) => (MenuEntry | null)[]
  onSelect: (row: TestRow) => void
  onToggle: (row: TestRow) => void
  onRun: (row: TestRow) => void
  /** What keys do that the menu of a row names. */
  acts: Record<string, (row: TestRow) => void>
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
  const choose = (row: TestRow) => {
    onSelect(row)
    if (hasBelow(row)) onToggle(row)
  }
  const onKeyDown = useTreeKeys({
    rows,
    at,
    keyOf: ({ key }) => key,
    hasBelow,
    virtual,
    scroller,
    onFocus: onSelect,
    onToggle,
    acts: { ...acts, Enter: onRun, ' ': choose },
  })
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
                onClick={() => choose(row)}
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

const hasBelow = ({ kind }: TestRow) => kind !== 'case' && kind !== 'test'
