import type { ReactNode } from 'react'

/** An empty place that teaches its one next action. */
export function Empty({
  icon,
  title,
  text,
  children,
}: {
  icon?: ReactNode
  title: string
  text: ReactNode
  children?: ReactNode
}) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-6 py-12 text-center">
      {icon && (
        <div
          aria-hidden
          className="flex size-10 items-center justify-center rounded-popover border border-line text-muted"
        >
          {icon}
        </div>
      )}
      <h2 className="text-title font-semibold">{title}</h2>
      <p className="text-ui text-muted">{text}</p>
      {children && <div className="mt-1 flex w-full flex-col items-center gap-3">{children}</div>}
    </div>
  )
}
