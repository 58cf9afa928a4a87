import { type ComponentProps, useEffect, useReducer } from 'react'
import { createPortal } from 'react-dom'

/**
 * Stands, unseen, where an element stands: what Radix takes for the trigger when the real one was there before it.
 * Outside of dialogs, whose own place would move it; so it follows whatever scrolls the element.
 */
export function Anchor({ to, ...rest }: { to: Element } & ComponentProps<'span'>) {
  const [, look] = useReducer((looks: number) => looks + 1, 0)
  useEffect(() => {
    addEventListener('scroll', look, { capture: true, passive: true })
    addEventListener('resize', look)
    return () => {
      removeEventListener('scroll', look, { capture: true })
      removeEventListener('resize', look)
    }
  }, [])
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
