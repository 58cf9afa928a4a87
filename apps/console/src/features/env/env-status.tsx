import type { EnvChange } from '@lathe/shared'
import { Check } from 'lucide-react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { useRestartApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'

/** Says where the last change is in force, and what to do for modules that have read a variable already. */
export function EnvStatus({ appid, change }: { appid: string; change: EnvChange | null }) {
  const restart = useRestartApp()
  const { live, total } = change?.replicas ?? { live: 0, total: 0 }
  return (
    <div
      role="status"
      aria-label={t('env.status')}
      className="mt-1 mb-2 flex min-h-7 flex-wrap items-center gap-2 text-small"
    >
      {change && restart.isSuccess ? (
        <Said text={t('env.restarted')} />
      ) : change && total > 0 ? (
        <>
          <Said text={t('env.inForce', { live, total })} />
          <Button size="xs" busy={restart.isPending} onClick={() => restart.mutate({ appid })}>
            {t('env.restart')}
          </Button>
          <ErrorLine error={restart.error} />
        </>
      ) : change ? (
        <Said text={t('env.saved')} />
      ) : null}
    </div>
  )
}

function Said({ text }: { text: string }) {
  return (
    <span className="flex items-center gap-1.5 text-muted">
      <Check size={14} aria-hidden className="shrink-0 text-ok" />
      {text}
    </span>
  )
}
