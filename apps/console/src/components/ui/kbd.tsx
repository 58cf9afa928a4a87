import { cx } from '../../lib/cx.ts'
import { keyLabels } from '../../lib/keys.ts'

/** Keys beside a label. Hidden from assistive technology: names of controls stay fixed. */
export function Kbd({ keys, className }: { keys: string; className?: string }) {
  return (
    <kbd
      aria-hidden
      className={cx(
        'inline-flex h-[18px] items-center gap-0.5 rounded-kbd border px-1 font-sans text-label font-medium whitespace-nowrap',
        className ?? 'border-control/50 text-muted',
      )}
    >
      {keyLabels(keys).join(keyLabels('Mod')[0] === '⌘' ? '' : ' ')}
    </kbd>
  )
}
