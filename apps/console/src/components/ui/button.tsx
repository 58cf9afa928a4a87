import type { ComponentProps, ReactNode } from 'react'
import { cx } from '../../lib/cx.ts'
import { Kbd } from './kbd.tsx'
import { Spinner } from './spinner.tsx'

const looks = {
  solid: 'bg-solid text-on-solid font-medium hover:bg-solid-hover disabled:bg-raised disabled:text-subtle',
  plain: 'border border-line bg-surface text-fg font-medium hover:bg-raised disabled:text-subtle',
  quiet: 'text-muted hover:bg-raised hover:text-fg disabled:text-subtle',
  danger: 'border border-line bg-surface text-error font-medium hover:bg-error-tint disabled:text-subtle',
  'danger-solid':
    'bg-danger-solid text-on-solid font-medium hover:brightness-110 disabled:bg-raised disabled:text-subtle',
} as const

const sizes = {
  m: 'h-8 px-3 text-ui',
  s: 'h-7 px-2.5 text-ui',
  xs: 'h-6 px-2 text-small',
} as const

interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  look?: keyof typeof looks
  size?: keyof typeof sizes
  keys?: string
  icon?: ReactNode
  /** Work is under way: the button keeps its width and refuses clicks. */
  busy?: boolean
  children: ReactNode
}

export function Button({
  look = 'plain',
  size = 'm',
  keys,
  icon,
  busy,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || busy}
      aria-busy={busy || undefined}
      className={cx(
        'inline-flex shrink-0 items-center justify-center gap-2 rounded-control whitespace-nowrap transition-colors duration-120 select-none',
        sizes[size],
        looks[look],
        className,
      )}
    >
      {busy ? <Spinner /> : icon}
      {children}
      {keys && (
        <Kbd
          keys={keys}
          className={look === 'solid' ? 'border-current/60 text-current' : 'border-control/50 text-muted'}
        />
      )}
    </button>
  )
}
