import type { MetricsSeries } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'
import { formatBytes, formatDateTime, formatMs } from '../../lib/format.ts'
import { formatShare } from './format.ts'

const head =
  'sticky top-0 h-8 bg-surface px-3 text-right text-label font-medium text-muted first:pl-0 first:text-left'
const cell = 'h-7 border-t border-line px-3 text-right text-small tabular-nums first:pl-0 first:text-left'

/** The charts' numbers, the newest first. */
export function SeriesTable({ series, ofApp }: { series: MetricsSeries; ofApp: boolean }) {
  const ms = (value: number | null) => (value === null ? '–' : formatMs(value))
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
      tabIndex={0}
      aria-label={t('metrics.table')}
      className="max-h-[480px] overflow-auto rounded-popover border border-line px-4 pb-2"
    >
      <table className="w-full border-separate border-spacing-0">
        <thead>
          <tr>
            <th className={head}>{t('logs.time')}</th>
            <th className={head}>{t('metrics.requests')}</th>
            <th className={head}>{t('metrics.clientErrors')}</th>
            <th className={head}>{t('metrics.errors')}</th>
            <th className={head}>p50</th>
            <th className={head}>p95</th>
            <th className={head}>p99</th>
            {ofApp && (
              <>
                <th className={head}>{t('metrics.coldStarts')}</th>
                <th className={head}>{t('metrics.memory')}</th>
                <th className={head}>{t('metrics.cpu')}</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {series.points.toReversed().map((point) => (
            <tr key={point.at}>
              <td className={cell}>
                <time dateTime={point.at}>{formatDateTime(point.at)}</time>
              </td>
              <td className={cell}>{point.requests}</td>
              <td className={cell}>{point.clientErrors}</td>
              <td className={cell}>{point.errors}</td>
              <td className={cell}>{ms(point.p50)}</td>
              <td className={cell}>{ms(point.p95)}</td>
              <td className={cell}>{ms(point.p99)}</td>
              {ofApp && (
                <>
                  <td className={cell}>{point.coldStarts}</td>
                  <td className={cell}>
                    {point.memoryBytes === null ? '–' : formatBytes(point.memoryBytes)}
                  </td>
                  <td className={cell}>{point.cpu === null ? '–' : formatShare(point.cpu)}</td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
