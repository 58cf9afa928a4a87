import type { MetricsSeries } from '@lathe/shared'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatMs } from '../../lib/format.ts'
import { formatShare } from './format.ts'

/** The whole time in a row of figures. */
export function Totals({ series: { total }, ofApp }: { series: MetricsSeries; ofApp: boolean }) {
  const ms = (value: number | null) => (value === null ? '–' : formatMs(value))
  const { requests, errors, p50, p95, p99, coldStarts } = total
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-3">
      <Figure name={t('metrics.requests')} value={requests.toLocaleString()} />
      <Figure
        name={t('metrics.errors')}
        value={errors.toLocaleString()}
        note={requests > 0 ? formatShare(errors / requests) : undefined}
        isBad={errors > 0}
      />
      <Figure name="p50" value={ms(p50)} />
      <Figure name="p95" value={ms(p95)} />
      <Figure name="p99" value={ms(p99)} />
      {ofApp && <Figure name={t('metrics.coldStarts')} value={coldStarts.toLocaleString()} />}
    </dl>
  )
}

function Figure({
  name,
  value,
  note,
  isBad = false,
}: {
  name: string
  value: string
  note?: string | undefined
  isBad?: boolean
}) {
  return (
    <div className="flex min-w-16 flex-col">
      <dt className="text-label font-medium text-muted">{name}</dt>
      <dd className={cx('text-page font-semibold tabular-nums', isBad && 'text-error')}>
        {value}
        {note && <span className="ml-2 text-small font-normal text-muted">{note}</span>}
      </dd>
    </div>
  )
}
