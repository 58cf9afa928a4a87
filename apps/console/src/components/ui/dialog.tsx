import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { useReturnFocus } from '../../lib/use-return-focus.ts'

const sizes = {
  m: 'top-[16vh] max-h-[76vh] w-[min(440px,calc(100vw-32px))]',
  l: 'top-[10vh] max-h-[84vh] w-[min(720px,calc(100vw-32px))]',
  full: 'top-[5vh] h-[90vh] w-[min(1280px,calc(100vw-48px))]',
} as const

/** A modal dialog with a title, a one-line description and its content. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  size = 'm',
  children,
}: {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  /** `full`: for two sources side by side. */
  size?: keyof typeof sizes
  children: ReactNode
}) {
  const focus = useReturnFocus(open)
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-[rgb(0_0_0/50%)]" />
        <Radix.Content
          {...focus}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={cx(
            'fixed left-1/2 z-50 flex -translate-x-1/2 animate-rise flex-col rounded-dialog border border-line bg-surface shadow-overlay',
            sizes[size],
          )}
        >
          <div className="flex items-start gap-4 px-5 pt-4">
            <div className="min-w-0 grow">
              <Radix.Title className="text-title font-semibold">{title}</Radix.Title>
              {description && (
                <Radix.Description className="mt-1 text-ui text-muted">{description}</Radix.Description>
              )}
            </div>
            <Radix.Close
              aria-label={t('action.close')}
              className="-mr-1.5 inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-raised hover:text-fg"
            >
              <X size={16} aria-hidden />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** The row of buttons at a dialog's end. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-end gap-2 px-5 pt-1 pb-5">{children}</div>
}
