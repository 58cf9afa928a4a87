import { X } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { useDrafts } from '../../stores/drafts.ts'
import { DraftDot } from './tree.tsx'

/** The open functions. Left and right walk, Delete closes; the middle mouse button too. */
export function TabStrip({
  tabs,
  active,
  differs,
  onOpen,
  onClose,
}: {
  tabs: string[]
  active: string | undefined
  differs: ReadonlyMap<string, boolean>
  onOpen: (name: string) => void
  onClose: (name: string) => void
}) {
  const strip = useRef<HTMLDivElement>(null)
  useEffect(() => {
    strip.current
      ?.querySelector('[aria-selected=true]')
      ?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [active])
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.indexOf(active ?? '')
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step) {
      const next = tabs[(at + step + tabs.length) % tabs.length]
      if (!next) return
      event.preventDefault()
      onOpen(next)
      requestAnimationFrame(() => strip.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus())
    } else if (event.key === 'Delete' && active) onClose(active)
  }
  return (
    <div
      ref={strip}
      role="tablist"
      aria-label={t('tabs.label')}
      onKeyDown={onKeyDown}
      className="flex h-9 shrink-0 overflow-x-auto border-b border-line bg-bg [scrollbar-width:none]"
    >
      {tabs.map((name) => (
        <Tab
          key={name}
          name={name}
          label={labelOf(name, tabs)}
          active={name === active}
          differs={differs.get(name) ?? false}
          onOpen={() => onOpen(name)}
          onClose={() => onClose(name)}
        />
      ))}
    </div>
  )
}

function Tab({
  name,
  label,
  active,
  differs,
  onOpen,
  onClose,
}: {
  name: string
  label: string
  active: boolean
  differs: boolean
  onOpen: () => void
  onClose: () => void
}) {
  const save = useDrafts((s) => s.status[name]?.save)
  const unsaved = save === 'offline' || save === 'refused' || save === 'conflict'
  return (
    <div
      role="presentation"
      className={cx(
        'group relative flex shrink-0 items-center border-r border-line pr-1.5',
        active
          ? 'bg-editor after:absolute after:inset-x-0 after:-bottom-px after:h-0.5 after:bg-accent'
          : 'hover:bg-raised',
      )}
    >
      <button
        type="button"
        role="tab"
        aria-label={name}
        aria-selected={active}
        aria-controls="editor"
        aria-keyshortcuts="Delete"
        tabIndex={active ? 0 : -1}
        title={name}
        onClick={onOpen}
        onAuxClick={(e) => e.button === 1 && onClose()}
        className={cx(
          'flex h-full max-w-52 items-center gap-2 pr-1 pl-3 text-ui -outline-offset-2',
          active ? 'text-fg' : 'text-muted',
        )}
      >
        <span className="truncate">{label}</span>
        {unsaved ? (
          <span
            role="img"
            aria-label={t('draft.unsaved')}
            className="size-2 shrink-0 rounded-full border border-error"
          />
        ) : (
          <DraftDot name={name} saved={differs} />
        )}
      </button>
      <button
        type="button"
        // For the mouse; a tab list holds tabs only, and Delete closes the one in focus.
        aria-hidden
        tabIndex={-1}
        title={t('tabs.close', { name })}
        onClick={onClose}
        className={cx(
          'flex size-6 items-center justify-center rounded-kbd text-subtle hover:bg-line hover:text-fg',
          !active && 'opacity-0 group-hover:opacity-100 focus-visible:opacity-100',
        )}
      >
        <X size={13} aria-hidden />
      </button>
    </div>
  )
}

/** The last segment, or the whole name where two tabs would read the same. */
function labelOf(name: string, tabs: string[]): string {
  const last = name.slice(name.lastIndexOf('/') + 1)
  return tabs.some((other) => other !== name && other.slice(other.lastIndexOf('/') + 1) === last)
    ? name
    : last
}
