import { t } from '../../i18n/i18n.ts'

const WIDTH = 120
const HEIGHT = 24

/** Requests of the last hour by minute as an area, minutes with errors as marks below it; said in words besides. */
export function Sparkline({ requests, errors }: { requests: number[]; errors: number[] }) {
  const total = sum(requests)
  const failed = sum(errors)
  const top = Math.max(...requests, 1)
  const step = WIDTH / (requests.length - 1)
  const points = requests.map((count, index) => {
    const y = HEIGHT - 4 - (count / top) * (HEIGHT - 6)
    return `${(index * step).toFixed(1)},${y.toFixed(1)}`
  })
  return (
    <div className="flex items-center gap-3 text-small">
      <svg
        aria-hidden
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-6 min-w-0 grow text-accent"
      >
        <polygon
          points={`0,${HEIGHT - 4} ${points.join(' ')} ${WIDTH},${HEIGHT - 4}`}
          className="fill-accent-tint"
        />
        <polyline
          points={points.join(' ')}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.25}
          vectorEffect="non-scaling-stroke"
        />
        {errors.map((count, index) =>
          count > 0 ? (
            <rect
              key={index}
              x={index * step - step / 2}
              y={HEIGHT - 3}
              width={step}
              height={3}
              className="fill-error"
            />
          ) : null,
        )}
      </svg>
      <span className="flex w-24 shrink-0 flex-col items-end leading-4 text-muted tabular-nums">
        <span>{t('metrics.hourRequests', { n: total })}</span>
        {failed > 0 && <span className="text-error">{t('metrics.hourErrors', { n: failed })}</span>}
      </span>
    </div>
  )
}

function sum(values: number[]): number {
  return values.reduce((all, one) => all + one, 0)
}
