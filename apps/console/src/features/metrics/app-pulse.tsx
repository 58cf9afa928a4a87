import { t } from '../../i18n/i18n.ts'
import { Sparkline } from './sparkline.tsx'

/** What went on in an app in the last hour. */
export function AppPulse({ requests, errors }: { requests: number[]; errors: number[] }) {
  return (
    <div className="flex h-8 shrink-0 flex-col justify-center">
      {requests.some((count) => count > 0) ? (
        <Sparkline requests={requests} errors={errors} />
      ) : (
        <div className="flex items-center gap-3 text-small text-subtle">
          <span aria-hidden className="mt-3 h-px grow bg-line" />
          {t('metrics.quiet')}
        </div>
      )}
    </div>
  )
}
