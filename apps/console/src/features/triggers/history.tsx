import type { FiringView, TriggerView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { ErrorLine } from '../../components/error-view.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { historyQuery } from '../../data/triggers.ts'
import { t } from '../../i18n/i18n.ts'
import { formatMs } from '../../lib/format.ts'
import { Outcome, reasonText } from './outcome.tsx'
import { formatTick } from './when.tsx'

/** What became of a trigger's last ticks. */
export function History({ trigger }: { trigger: TriggerView }) {
  const { appid, id, timeZone } = trigger
  const history = useQuery(historyQuery(appid, id))
  const cell = 'h-8 px-3 text-left text-small'
  if (history.error) return <ErrorLine error={history.error} />
  if (!history.data) return <Skeleton className="h-16" />
  if (history.data.length === 0) {
    return <p className="px-3 py-2 text-small text-muted">{t('triggers.noHistory')}</p>
  }
  return (
    <table className="w-full border-collapse">
      <caption className="sr-only">{t('triggers.historyOf', { name: trigger.functionName })}</caption>
      <thead>
        <tr className="text-label text-muted">
          {(['triggers.outcome', 'triggers.tick', 'triggers.duration', 'triggers.detail'] as const).map(
            (id) => (
              <th key={id} scope="col" className="h-7 px-3 text-left font-medium">
                {t(id)}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>
        {history.data.map((firing) => (
          <tr key={firing.id} className="border-t border-line">
            <td className={cell}>
              <Outcome firing={firing} />
            </td>
            <td className={`${cell} whitespace-nowrap tabular-nums`}>
              <time dateTime={firing.dueAt}>{formatTick(firing.dueAt, timeZone)}</time>
            </td>
            <td className={`${cell} whitespace-nowrap text-muted tabular-nums`}>
              {firing.durationMs === null ? '' : formatMs(firing.durationMs)}
            </td>
            <td className={`${cell} text-muted`}>
              <Detail firing={firing} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Detail({ firing }: { firing: FiringView }) {
  const { cause, ticks, by, requestId } = firing
  const notes = [
    reasonText(firing),
    cause === 'now' ? t('triggers.byHand', { who: by ?? '' }) : '',
    cause === 'late' ? t('triggers.late') : '',
    ticks > 1 ? t('triggers.ticks', { n: ticks }) : '',
  ].filter((note) => note !== '')
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      {notes.join(' · ')}
      {requestId && (
        <span className="inline-flex items-center gap-1">
          <code className="font-mono text-label">{requestId}</code>
          <CopyButton text={requestId} label={t('error.copyRequestId')} />
        </span>
      )}
    </span>
  )
}
