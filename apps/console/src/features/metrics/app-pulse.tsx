import { useQuery } from '@tanstack/react-query'
import { recentMetricsQuery } from '../../data/metrics.ts'
import { t } from '../../i18n/i18n.ts'
import { Sparkline } from './sparkline.tsx'

/** What went on in an app in the last hour. All of them ask with one call. */
export function AppPulse({ appid }: { appid: string }) {
  const recent = useQuery(recentMetricsQuery())
  if (!recent.data) return <div className="h-8" />
  const own = recent.data.find((one) => one.appid === appid)
  return (
    <div className="flex h-8 flex-col justify-center">
      {own?.requests.some((count) => count > 0) ? (
        <Sparkline requests={own.requests} errors={own.errors} />
      ) : (
        <div className="flex items-center gap-3 text-small text-subtle">
          <span aria-hidden className="mt-3 h-px grow bg-line" />
          {t('metrics.quiet')}
        </div>
      )}
    </div>
  )
}
