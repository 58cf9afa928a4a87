import type { AppPhase } from '@lathe/shared'
import { type MessageId, t } from '../i18n/i18n.ts'
import { cx } from '../lib/cx.ts'

const looks: Record<AppPhase, { label: MessageId; tone: string; dot: string }> = {
  running: { label: 'phase.running', tone: 'bg-ok-tint text-ok', dot: 'bg-ok' },
  creating: { label: 'phase.creating', tone: 'bg-warn-tint text-warn', dot: 'bg-warn animate-breathe' },
  starting: { label: 'phase.starting', tone: 'bg-warn-tint text-warn', dot: 'bg-warn animate-breathe' },
  stopping: { label: 'phase.stopping', tone: 'bg-warn-tint text-warn', dot: 'bg-warn animate-breathe' },
  deleting: { label: 'phase.deleting', tone: 'bg-warn-tint text-warn', dot: 'bg-warn animate-breathe' },
  stopped: { label: 'phase.stopped', tone: 'bg-raised text-muted', dot: 'bg-subtle' },
  sleeping: { label: 'phase.sleeping', tone: 'bg-raised text-muted', dot: 'border border-subtle' },
  failed: { label: 'phase.failed', tone: 'bg-error-tint text-error', dot: 'bg-error' },
}

/** An app's observed phase, by word and colour. */
export function Phase({ phase, className }: { phase: AppPhase; className?: string }) {
  const look = looks[phase]
  return (
    <span
      className={cx(
        'inline-flex h-5 shrink-0 items-center gap-1.5 rounded-full px-2 text-label font-medium',
        look.tone,
        className,
      )}
    >
      <span aria-hidden className={cx('size-1.5 rounded-full', look.dot)} />
      {t(look.label as 'phase.running')}
    </span>
  )
}
