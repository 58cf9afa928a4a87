import { cx } from '../../lib/cx.ts'
import { keyLabels } from '../../lib/keys.ts'

/** Keys beside a label. Hidden from assistive technology: names of controls stay fixed. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <kbd
      aria-hidden
      data-text={keyLabels(keys).join(keyLabels('Mod')[0] === '⌘' ? '' : ' ')}
      className={cx(
        'inline-flex h-[18px] before:content-[attr(data-text)] items-center gap-0.5 rounded-kbd border px-1 font-sans text-label font-medium whitespace-nowrap',
        className ?? 'border-control/50 text-muted',
      )}
    />
  )
}
