import type { ContextMenu, DropdownMenu } from 'radix-ui'
import { cx } from '../../lib/cx.ts'
import { Kbd } from './kbd.tsx'
import type { MenuEntry } from './menu.tsx'

export const menuPanel =
  'z-50 min-w-44 animate-fade rounded-popover border border-line bg-surface p-1 text-ui shadow-overlay outline-none'
const row =
  'flex h-7 items-center gap-2 rounded-kbd px-2 outline-none select-none data-disabled:text-subtle data-highlighted:bg-raised'

/** The entries as items of either kind of menu. */
export function menuRows(entries: (MenuEntry | null)[], Kind: typeof DropdownMenu | typeof ContextMenu) {
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
