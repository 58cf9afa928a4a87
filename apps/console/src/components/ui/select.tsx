import type { ComponentProps } from 'react'
import { cx } from '../../lib/cx.ts'
import { controlLook } from './field.tsx'

/** The platform's own select, so that every assistive technology and program can drive it. */
export function Select({ small, className, ...rest }: ComponentProps<'select'> & { small?: boolean }) {
  return (
    <select
      {...rest}
      className={cx(
        small ? controlLook.replace('text-ui', 'text-small').replace('px-2.5', 'px-1.5') : controlLook,
        'inline-flex cursor-default items-center',
        small ? 'h-6' : 'h-8',
        className ?? 'w-full',
      )}
    />
  )
}
