import type { ComponentProps, ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'
import { Tip } from './tip.tsx'

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** The accessible name and the tooltip. */
  label: string
  keys?: string
  /** For rows of small things; the target keeps 24 px. */
  small?: boolean
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactNode
}

export function IconButton({
  label,
  keys,
  side = 'bottom',
  small,
  className,
  children,
  ...rest
}: IconButtonProps) {
  return (
    <Tip label={label} side={side} {...(keys ? { keys } : {})}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={cx(
          small ? 'size-6' : 'size-7',
          'inline-flex shrink-0 items-center justify-center rounded-control text-muted transition-colors duration-120 hover:bg-raised hover:text-fg disabled:text-subtle disabled:hover:bg-transparent aria-pressed:text-fg data-[state=open]:bg-raised data-[state=open]:text-fg',
          className,
        )}
      >
        {children}
      </button>
    </Tip>
  )
}
