import type { ComponentProps } from 'react'
import { cx } from '../../lib/cx.ts'
import { controlLook } from './field.tsx'

/** The platform's own select, so that every assistive technology and program can drive it. */
export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return (
    <select
      {...rest}
      className={cx(controlLook, 'inline-flex h-8 cursor-default items-center', className ?? 'w-full')}
    />
  )
}
