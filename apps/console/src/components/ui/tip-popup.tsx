import { Tooltip } from 'radix-ui'
import { useEffect, useId } from 'react'
import { Anchor } from './anchor.tsx'
import { Kbd } from './kbd.tsx'
import type { Side } from './tip.tsx'

/** The tooltip itself, beside what it explains. */
export function TipPopup({
  anchor,
  label,
  keys,
  side,
  onClose,
}: {
  anchor: Element
  label: string
  keys?: string
  side: Side
  onClose: () => void
}) {
  const id = useId()
  useEffect(() => {
    anchor.setAttribute('aria-describedby', id)
    return () => anchor.removeAttribute('aria-describedby')
  }, [anchor, id])
  return (
    <Tooltip.Provider>
      <Tooltip.Root open onOpenChange={(open) => !open && onClose()} disableHoverableContent>
        <Tooltip.Trigger asChild>
          <Anchor to={anchor} />
        </Tooltip.Trigger>
        <Tooltip.Portal>
          <Tooltip.Content
            id={id}
            side={side}
            sideOffset={6}
            collisionPadding={8}
            updatePositionStrategy="always"
            className="z-50 flex max-w-72 animate-fade items-center gap-2 rounded-control border border-line bg-raised px-2 py-1 text-small text-fg shadow-overlay"
          >
            {label}
            {keys && <Kbd keys={keys} />}
          </Tooltip.Content>
        </Tooltip.Portal>
      </Tooltip.Root>
    </Tooltip.Provider>
  )
}
