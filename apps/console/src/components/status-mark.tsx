import { cx } from '../lib/cx.ts'

/** An HTTP status: its number says what it is, its colour and shape how it went. */
export function StatusMark({ status }: { status: number }) {
  const tone =
    status >= 500 ? 'text-error' : status >= 400 ? 'text-warn' : status >= 300 ? 'text-muted' : 'text-ok'
  return (
    <span
      className={cx('inline-flex items-center gap-1.5 font-mono text-small font-medium tabular-nums', tone)}
    >
      <span
        aria-hidden
        className={cx('size-2 bg-current', status >= 500 ? '' : status >= 400 ? 'rotate-45' : 'rounded-full')}
      />
      {status}
    </span>
  )
}
