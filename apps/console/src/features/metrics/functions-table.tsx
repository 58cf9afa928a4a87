import type { FunctionMetrics } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'
import { formatMs } from '../../lib/format.ts'
import { formatShare } from './format.ts'

const head = 'h-8 px-3 text-right text-label font-medium text-muted first:pl-0 first:text-left'
const cell = 'h-8 border-t border-line px-3 text-right text-small tabular-nums first:pl-0 first:text-left'

/** What each function did, the busiest first; choosing one shows it alone. */
export function FunctionsTable({
  functions,
  onChoose,
}: {
  functions: FunctionMetrics[]
  onChoose: (functionName: string) => void
}) {
  const ms = (value: number | null) => (value === null ? '–' : formatMs(value))
  return (
    <section aria-labelledby="by-function" className="min-w-0 overflow-x-auto">
      <h2 id="by-function" className="pb-1 text-small font-medium">
        {t('metrics.byFunction')}
      </h2>
      <table className="w-full border-separate border-spacing-0">
        <thead>
          <tr>
            <th className={head}>{t('logs.function')}</th>
            <th className={head}>{t('metrics.requests')}</th>
            <th className={head}>{t('metrics.errors')}</th>
            <th className={head}>{t('metrics.errorRate')}</th>
            <th className={head}>p50</th>
            <th className={head}>p95</th>
            <th className={head}>p99</th>
          </tr>
        </thead>
        <tbody>
          {functions.map(({ functionName, requests, errors, p50, p95, p99 }) => (
            <tr key={functionName} className="hover:bg-raised">
              <td className={cell}>
                <button
                  type="button"
                  onClick={() => onChoose(functionName)}
                  className="max-w-80 truncate font-mono underline decoration-control underline-offset-2 hover:text-accent"
                >
                  {functionName}
                </button>
              </td>
              <td className={cell}>{requests.toLocaleString()}</td>
              <td className={errors > 0 ? `${cell} text-error` : cell}>{errors.toLocaleString()}</td>
              <td className={cell}>{requests > 0 ? formatShare(errors / requests) : '–'}</td>
              <td className={cell}>{ms(p50)}</td>
              <td className={cell}>{ms(p95)}</td>
              <td className={cell}>{ms(p99)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
