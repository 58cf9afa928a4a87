import { type ComponentProps, type ReactNode, useId } from 'react'
import { cx } from '../../lib/cx.ts'

/** The look of everything one types or chooses in; width and height are the user's. */
export const controlLook =
  'min-w-0 rounded-control border border-control bg-bg px-2.5 text-ui text-fg disabled:text-subtle aria-invalid:border-error'
export const inputLook = `h-8 w-full ${controlLook}`

interface FieldProps extends ComponentProps<'input'> {
  label: string
  hint?: ReactNode
  /** What is wrong and what to do; announced and tied to the input. */
  error?: string | null | undefined
}

/** A labelled text input whose message has its place reserved. */
export function Field({ label, hint, error, className, ...rest }: FieldProps) {
  const id = useId()
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="text-small font-medium text-muted">
        {label}
      </label>
      <input
        id={id}
        autoComplete="off"
        spellCheck={false}
        aria-describedby={`${id}-note`}
        aria-invalid={error ? true : undefined}
        {...rest}
        className={inputLook}
      />
      <p
        id={`${id}-note`}
        aria-live="polite"
        className={cx('min-h-4 text-small', error ? 'text-error' : 'text-subtle')}
      >
        {error ?? hint}
      </p>
    </div>
  )
}
