import { type FunctionSummary, isTestFile } from '@lathe/shared'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight, FlaskConical } from 'lucide-react'
import { type DragEvent, useEffect, useMemo, useRef, useState } from 'react'
import { Mark } from '../../components/ui/mark.tsx'
import type { MenuEntry } from '../../components/ui/menu.tsx'
import { RightClickMenu } from '../../components/ui/right-click-menu.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { useTreeKeys } from '../../lib/use-tree-keys.ts'
import { useDrafts } from '../../stores/drafts.ts'
import { useWorkspace, workspaceActions } from '../../stores/workspace.ts'
import { buildTree, type TreeRow } from './build-tree.ts'

const ROW = 28
const none: string[] = []

/** The functions by folder: one tab stop, arrow keys, F2 and Delete, a menu on every row. */
export function Tree({
  appid,
  functions,
  active,
  filter,
  menuOf,
  onOpen,
  onRename,
  onDelete,
  onMove,
}: {
  appid: string
  functions: FunctionSummary[]
  active: string | undefined
  filter: string
  menuOf: (row: TreeRow) => (MenuEntry | null)[]
  onOpen: (name: string) => void
  onRename: (row: TreeRow) => void
  onDelete: (name: string) => void
  onMove: (row: TreeRow, folder: string) => void
}) {
  const closed = useWorkspace((s) => s.closedFolders[appid] ?? none)
  const rows = useMemo(() => buildTree(functions, new Set(closed), filter), [functions, closed, filter])
  const differs = useMemo(() => new Map(functions.map((fn) => [fn.name, fn.draftDiffers])), [functions])
  const [dragged, setDragged] = useState<TreeRow | null>(null)
  const [over, setOver] = useState<string | null>(null)
  const dropIn = (folder: string) => ({
    onDragOver: (event: DragEvent) => {
      if (!dragged || !mayMove(dragged, folder)) return
      event.preventDefault()
      event.stopPropagation()
      setOver(folder)
    },
    onDrop: (event: DragEvent) => {
      if (!dragged || !mayMove(dragged, folder)) return
      event.preventDefault()
      event.stopPropagation()
      onMove(dragged, folder)
    },
  })
  const endDrag = () => {
    setDragged(null)
    setOver(null)
  }
  const about = useMemo(() => new Map(functions.map((fn) => [fn.name, tooltip(fn)])), [functions])
  const [focused, setFocused] = useState<string | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 24,
    getItemKey: (index) => keyOf(rows[index]!),
  })
  const at = Math.max(
    0,
    rows.findIndex((row) => keyOf(row) === (focused ?? `function${active}`)),
  )

  const activate = (row: TreeRow) =>
    row.kind === 'folder' ? workspaceActions.toggleFolder(appid, row.path) : onOpen(row.path)
  const onKeyDown = useTreeKeys({
    rows,
    at,
    keyOf,
    hasBelow: ({ kind }) => kind === 'folder',
    virtual,
    scroller,
    onFocus: (row) => setFocused(keyOf(row)),
    onToggle: ({ path }) => workspaceActions.toggleFolder(appid, path),
    acts: {
      Enter: activate,
      ' ': activate,
      F2: onRename,
      Delete: ({ kind, path }) => {
        if (kind === 'function') onDelete(path)
      },
    },
  })

  // A function that was opened elsewhere (quick open, a link) comes into sight.
  const index = rows.findIndex((row) => row.kind === 'function' && row.path === active)
  useEffect(() => {
    setFocused(null)
    if (index >= 0) virtual.scrollToIndex(index)
  }, [active])

  return (
    <div
      ref={scroller}
      {...dropIn('')}
      className={cx('min-h-0 grow overflow-y-auto px-2 pb-2', over === '' && 'bg-raised/50')}
    >
      <div
        role="tree"
        aria-label={t('nav.functions')}
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
                data-row={keyOf(row)}
                aria-label={row.label}
                aria-level={row.depth + 1}
                aria-posinset={row.position}
                aria-setsize={row.siblings}
                aria-selected={row.kind === 'function' && row.path === active}
                aria-expanded={row.kind === 'folder' ? row.open : undefined}
                tabIndex={item.index === at ? 0 : -1}
                title={row.kind === 'function' ? about.get(row.path) : row.path}
                draggable
                onDragStart={(event) => {
                  event.dataTransfer.effectAllowed = 'move'
                  event.dataTransfer.setData('text/plain', row.path)
                  setDragged(row)
                }}
                onDragEnd={endDrag}
                {...dropIn(row.kind === 'folder' ? row.path : folderOf(row.path))}
                onClick={() => {
                  setFocused(keyOf(row))
                  activate(row)
                }}
                onFocus={() => setFocused(keyOf(row))}
                className={cx(
                  'absolute inset-x-0 flex cursor-default items-center gap-1.5 rounded-control pr-2 text-ui -outline-offset-2 select-none hover:bg-raised data-[state=open]:bg-raised',
                  row.kind === 'function' && row.path === active ? 'bg-raised text-fg' : 'text-muted',
                  row.kind === 'folder' && row.path === over && 'bg-raised ring-1 ring-accent',
                )}
                style={{
                  height: ROW,
                  transform: `translateY(${item.start}px)`,
                  paddingLeft: 6 + row.depth * 14,
                }}
              >
                {row.kind === 'folder' ? (
                  <>
                    <ChevronRight
                      size={14}
                      aria-hidden
                      className={cx(
                        'shrink-0 text-subtle transition-transform duration-120',
                        row.open && 'rotate-90',
                      )}
                    />
                    <span className="grow truncate">{row.label}</span>
                    <Mark text={row.count} className="text-label text-subtle tabular-nums" />
                  </>
                ) : (
                  <>
                    {isTestFile(row.path) ? (
                      <FlaskConical size={13} aria-hidden className="w-[14px] shrink-0 text-accent" />
                    ) : (
                      <Mark
                        text="TS"
                        className="w-[14px] shrink-0 text-center font-mono text-[9px] font-semibold text-type"
                      />
                    )}
                    <span className="grow truncate">{row.label}</span>
                    <DraftDot name={row.path} saved={differs.get(row.path) ?? false} />
                  </>
                )}
              </div>
            </RightClickMenu>
          )
        })}
      </div>
    </div>
  )
}

const keyOf = ({ kind, path }: TreeRow) => kind + path

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Not where it is already, and no folder into itself. */
function mayMove({ kind, path }: TreeRow, folder: string): boolean {
  if (folderOf(path) === folder) return false
  return kind === 'function' || (folder !== path && !folder.startsWith(`${path}/`))
}

function tooltip({ name, description, tags }: FunctionSummary): string {
  return [name, description, tags.map((tag) => `#${tag}`).join(' ')].filter(Boolean).join('\n')
}

/** The mark of a draft that is not what is live; an open editor knows sooner than the list. */
export function DraftDot({ name, saved }: { name: string; saved: boolean }) {
  const status = useDrafts((s) => s.status[name])
  if (!(status?.differs ?? saved)) return null
  return (
    <span role="img" aria-label={t('draft.differs')} className="size-1.5 shrink-0 rounded-full bg-warn" />
  )
}
