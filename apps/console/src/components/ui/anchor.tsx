import type { ComponentProps } from 'react'
import { createPortal } from 'react-dom'

/**
 * Stands, unseen, where an element stands: what Radix takes for the trigger when the real one was there before it.
 * Outside of dialogs, whose own place would move it.
 */
export function Anchor({ to, ...rest }: { to: Element } & ComponentProps<'span'>) {
  const { left, top, width, height } = to.getBoundingClientRect()
  return createPortal(
    <span
      {...rest}
      aria-hidden
      style={{ position: 'fixed', left, top, width, height, pointerEvents: 'none' }}
    />,
    document.body,
  )
}
