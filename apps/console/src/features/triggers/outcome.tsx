import type { FiringOutcome, FiringReason, FiringView } from '@lathe/shared'
import { Check, CircleDashed, CircleSlash, LoaderCircle, X } from 'lucide-react'
import type { ComponentType } from 'react'
import { type MessageId, t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'

const looks: Record<
  FiringOutcome,
  { label: MessageId; tone: string; icon: ComponentType<{ size: number }> }
> = {
  running: { label: 'triggers.running', tone: 'bg-warn-tint text-warn', icon: LoaderCircle },
  ok: { label: 'triggers.ok', tone: 'bg-ok-tint text-ok', icon: Check },
  failed: { label: 'triggers.failed', tone: 'bg-error-tint text-error', icon: X },
  skipped: { label: 'triggers.skipped', tone: 'bg-raised text-muted', icon: CircleSlash },
  interrupted: { label: 'triggers.interrupted', tone: 'bg-error-tint text-error', icon: CircleDashed },
}

const reasons: Record<FiringReason, MessageId> = {
  APP_STOPPED: 'triggers.reasonStopped',
  APP_FAILED: 'triggers.reasonFailed',
  NOT_PUBLISHED: 'triggers.reasonUnpublished',
  FUNCTION_DELETED: 'triggers.reasonDeleted',
  STILL_RUNNING: 'triggers.reasonBusy',
  MISSED: 'triggers.reasonMissed',
  RUNTIME_UNAVAILABLE: 'triggers.reasonRuntime',
  INTERNAL: 'triggers.reasonInternal',
}

/** What became of a tick, by word, sign and colour. */
export function Outcome({ firing }: { firing: FiringView }) {
  const { label, tone, icon: Icon } = looks[firing.outcome]
  return (
    <span className={cx('inline-flex h-5 items-center gap-1 rounded-full px-2 text-label font-medium', tone)}>
      <span aria-hidden className={firing.outcome === 'running' ? 'animate-spin' : ''}>
        <Icon size={11} />
      </span>
      {t(label as 'triggers.ok')}
      {firing.status !== null && <span className="tabular-nums">{firing.status}</span>}
    </span>
  )
}

/** Why there is no answer. */
export function reasonText({ outcome, reason }: FiringView): string {
  if (reason) return t(reasons[reason] as 'triggers.reasonStopped')
  return outcome === 'interrupted' ? t('triggers.reasonInterrupted') : ''
}
