import type { MetricsSeries } from '@lathe/shared'
import { useMemo } from 'react'
import { t } from '../../i18n/i18n.ts'
import { formatBytes, formatMs } from '../../lib/format.ts'
import { Chart } from './chart.tsx'
import { formatCount, formatShare } from './format.ts'

/** The series as charts; what a runtime uses is known of whole apps only. */
export function Charts({
  series,
  ofApp,
  onZoom,
}: {
  series: MetricsSeries
  ofApp: boolean
  onZoom: (from: number, to: number) => void
}) {
  const { points } = series
  const columns = useMemo(
    () => ({
      times: points.map(({ at }) => Date.parse(at) / 1000),
      traffic: [
        {
          label: t('metrics.requests'),
          values: points.map((p) => p.requests),
          color: '--accent',
          filled: true,
        },
        {
          label: t('metrics.clientErrors'),
          values: points.map((p) => p.clientErrors),
          color: '--warn',
          dash: [2, 3],
        },
        { label: t('metrics.errors'), values: points.map((p) => p.errors), color: '--error', dash: [6, 4] },
      ],
      latency: [
        { label: 'p50', values: points.map((p) => p.p50), color: '--type' },
        { label: 'p95', values: points.map((p) => p.p95), color: '--accent', dash: [6, 4] },
        { label: 'p99', values: points.map((p) => p.p99), color: '--number', dash: [2, 3] },
      ],
      memory: [
        {
          label: t('metrics.memory'),
          values: points.map((p) => p.memoryBytes),
          color: '--type',
          filled: true,
        },
      ],
      cpu: [{ label: t('metrics.cpu'), values: points.map((p) => p.cpu), color: '--keyword', filled: true }],
    }),
    [points],
  )
  const shared = { times: columns.times, onZoom }
  return (
    <div className="grid grid-cols-2 gap-x-8 gap-y-6 max-[1200px]:grid-cols-1">
      <Chart {...shared} title={t('metrics.traffic')} series={columns.traffic} format={formatCount} />
      <Chart {...shared} title={t('metrics.latency')} series={columns.latency} format={formatMs} />
      {ofApp && (
        <>
          <Chart {...shared} title={t('metrics.memory')} series={columns.memory} format={formatBytes} />
          <Chart {...shared} title={t('metrics.cpu')} series={columns.cpu} format={formatShare} />
        </>
      )}
    </div>
  )
}
