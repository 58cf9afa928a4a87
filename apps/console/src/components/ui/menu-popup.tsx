import { DropdownMenu } from 'radix-ui'
import { useRef } from 'react'
import { Anchor } from './anchor.tsx'
import type { MenuEntry } from './menu.tsx'
import { menuPanel, menuRows } from './menu-rows.tsx'

/** The open menu of a button. */
export function MenuPopup({
  anchor,
  entries,
  align,
  onClose,
}: {
  anchor: HTMLElement
  entries: (MenuEntry | null)[]
  align: 'start' | 'end'
  onClose: () => void
}) {
  const left = useRef(false)
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <DropdownMenu.Trigger asChild>
        <Anchor to={anchor} />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          updatePositionStrategy="always"
          aria-labelledby={undefined}
          aria-label={anchor.ariaLabel ?? anchor.textContent}
          className={menuPanel}
          // The button itself closes it by its own click.
          onInteractOutside={(event) => {
            if (anchor.contains(event.target as Node)) event.preventDefault()
            else left.current = true
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (!left.current) anchor.focus()
          }}
        >
          {menuRows(entries, DropdownMenu)}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
