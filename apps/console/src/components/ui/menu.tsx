import { ContextMenu, DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'
import { Kbd } from './kbd.tsx'

/** One entry of a menu; `null` in a list of entries is a separator. */
export interface MenuEntry {
  label: string
  icon?: ReactNode
  keys?: string
  danger?: boolean
  disabled?: boolean
  checked?: boolean
  onSelect: () => void
}

const panel =
  'z-50 min-w-44 animate-fade rounded-popover border border-line bg-surface p-1 text-ui shadow-overlay outline-none'
const row =
  'flex h-7 items-center gap-2 rounded-kbd px-2 outline-none select-none data-disabled:text-subtle data-highlighted:bg-raised'

function rows(entries: (MenuEntry | null)[], Kind: typeof DropdownMenu | typeof ContextMenu) {
  return entries.map((entry, index) =>
    entry ? (
      <Kind.Item
        key={entry.label}
        disabled={entry.disabled ?? false}
        onSelect={entry.onSelect}
        className={cx(row, entry.danger && 'text-error')}
      >
        <span aria-hidden className={cx('flex w-4 justify-center', !entry.danger && 'text-muted')}>
          {entry.icon}
        </span>
        <span className="grow">{entry.label}</span>
        {entry.keys && <Kbd keys={entry.keys} />}
      </Kind.Item>
    ) : (
      <Kind.Separator key={index} className="mx-1 my-1 h-px bg-line" />
    ),
  )
}

export function Menu({
  trigger,
  entries,
  align = 'end',
}: {
  trigger: ReactNode
  entries: (MenuEntry | null)[]
  align?: 'start' | 'end'
}) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align={align} sideOffset={4} collisionPadding={8} className={panel}>
          {rows(entries, DropdownMenu)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** The same entries on right click or the menu key. */
export function RightClickMenu({
  entries,
  children,
}: {
  entries: (MenuEntry | null)[]
  children: ReactNode
}) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content collisionPadding={8} className={panel}>
          {rows(entries, ContextMenu)}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}
