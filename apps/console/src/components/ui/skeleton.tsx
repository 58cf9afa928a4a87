import { cx } from '../../lib/cx.ts'

/** A place where content will stand; seen only after 150 ms. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div aria-hidden className={cx('animate-late', className)}>
      <div className="size-full animate-breathe rounded-control bg-raised" />
    </div>
  )
}
