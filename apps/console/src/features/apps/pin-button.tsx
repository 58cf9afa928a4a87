import type { DashboardApp } from '@lathe/shared'
import { Pin } from 'lucide-react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { useDashboardChoices } from '../../stores/dashboard.ts'

/** Keeps an app first. */
export function PinButton({ app, isPinned }: { app: DashboardApp; isPinned: boolean }) {
  const { togglePin } = useDashboardChoices((s) => s.actions)
  return (
    <button
      type="button"
      aria-label={t('apps.pin', { name: app.name })}
      aria-pressed={isPinned}
      onClick={() => togglePin(app.appid)}
      className="relative z-10 -mr-1 flex size-6 shrink-0 items-center justify-center rounded-control text-subtle hover:bg-raised hover:text-fg aria-pressed:text-accent"
    >
      <Pin size={13} aria-hidden className={cx(isPinned && 'fill-current')} />
    </button>
  )
}
