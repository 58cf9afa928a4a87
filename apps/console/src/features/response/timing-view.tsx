import type { RunTiming } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'
import { formatMs } from '../../lib/format.ts'

/** Where the time of a run went, part by part. */
export function TimingView({ timing }: { timing: RunTiming }) {
  const { wakeMs, loadMs, gatewayMs, functionMs, transferMs } = timing
  const parts: [string, number | null, string][] = [
    [t('run.timeWake'), wakeMs, t('run.timeWakeHint')],
    [t('run.timeLoad'), loadMs, t('run.timeLoadHint')],
    [t('run.timeGateway'), gatewayMs, t(gatewayMs === null ? 'run.timeWithFunction' : 'run.timeGatewayHint')],
    [t('run.timeFunction'), functionMs, t('run.timeFunctionHint')],
    [t('run.timeTransfer'), transferMs, t('run.timeTransferHint')],
  ]
  const total = parts.reduce((sum, [, ms]) => sum + (ms ?? 0), 0)
  let begun = 0
  return (
    <table className="mx-3 mb-3 text-small">
      <caption className="sr-only">{t('run.time')}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t('run.timePart')}</th>
          <th scope="col">{t('run.time')}</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(([label, ms, hint]) => {
          const left = total > 0 ? (begun / total) * 100 : 0
          const width = total > 0 ? ((ms ?? 0) / total) * 100 : 0
          begun += ms ?? 0
          return (
            <tr key={label} className="border-b border-line last:border-0">
              <th scope="row" className="py-2 pr-4 text-left align-top font-medium">
                {label}
                <span className="block font-normal text-subtle">{hint}</span>
                <span aria-hidden className="mt-1 block h-1 rounded-full bg-raised">
                  <span
                    className="block h-1 min-w-px rounded-full bg-accent"
                    style={{ marginLeft: `${left}%`, width: `${width}%` }}
                  />
                </span>
              </th>
              <td className="w-20 py-2 text-right align-top whitespace-nowrap tabular-nums">
                {ms === null ? '–' : formatMs(ms)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}
