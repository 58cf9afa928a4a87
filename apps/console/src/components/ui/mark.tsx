import { cx } from '../../lib/cx.ts'

/**
 * A small sign beside a name (keys, a count, a badge) that is drawn and not written: it belongs neither to the
 * accessible name nor to what one selects and copies.
 */
export function Mark({ text, className }: { text: string | number; className?: string }) {
  return <span aria-hidden data-text={text} className={cx('before:content-[attr(data-text)]', className)} />
}
