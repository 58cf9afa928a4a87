import { ContextMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import type { MenuEntry } from './menu.tsx'
import { menuPanel, menuRows } from './menu-rows.tsx'

/** A menu's entries on right click or the menu key. */
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
        <ContextMenu.Content collisionPadding={8} className={menuPanel}>
          {menuRows(entries, ContextMenu)}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  )
}
