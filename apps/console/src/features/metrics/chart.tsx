import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import './chart.css'
import { activeLocale } from '../../i18n/i18n.ts'
import { useTheme } from '../../lib/use-theme.ts'

const HEIGHT = 160
const DAY_S = 86_400

export interface ChartSeries {
  label: string
  values: (number | null)[]
  /** A CSS variable of styles/tokens.css. */
  color: string
  /** Lines differ by their dashes, too. */
  dash?: number[]
  /** The area below is filled. */
  filled?: boolean
}

interface ChartProps {
  title: string
  /** Seconds since the epoch. */
  times: number[]
  series: ChartSeries[]
  format: (value: number) => string
  /** A time was marked with the pointer; in milliseconds. */
  onZoom: (from: number, to: number) => void
}

/** Lines over time, with their values at the pointer; the same moment is marked in all charts of the page. */
export function Chart({ title, times, series, format, onZoom }: ChartProps) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const [at, setAt] = useState<number | null>(null)
  const theme = useTheme()
  const latest = useRef({ format, onZoom })
  latest.current = { format, onZoom }
  const shape = JSON.stringify(
    series.map(({ label, color, dash, filled }) => ({ label, color, dash, filled })),
  )

  // New values are set below; another theme changes what the CSS variables are.
  useEffect(() => {
    const el = box.current
    if (!el) return
    const chart = new uPlot(
      options(el, series, latest, setAt),
      [times, ...series.map(({ values }) => values)] as uPlot.AlignedData,
      el,
    )
    plot.current = chart
    const observer = new ResizeObserver(() => chart.setSize({ width: el.clientWidth, height: HEIGHT }))
    observer.observe(el)
    return () => {
      observer.disconnect()
      chart.destroy()
      plot.current = null
    }
  }, [shape, theme])
  useEffect(() => {
    plot.current?.setData([times, ...series.map(({ values }) => values)] as uPlot.AlignedData)
  }, [times, series])

  return (
    <figure className="min-w-0">
      <figcaption className="flex h-6 items-center gap-4 text-small">
        <span className="font-medium">{title}</span>
        <span className="flex grow flex-wrap justify-end gap-x-4 text-muted">
          {series.map((one) => {
            const value = at === null ? null : (one.values[at] ?? null)
            return (
              <span key={one.label} className="flex items-center gap-1.5">
                <svg aria-hidden width={16} height={8}>
                  <line
                    x1={0}
                    x2={16}
                    y1={4}
                    y2={4}
                    stroke={`var(${one.color})`}
                    strokeWidth={2}
                    strokeDasharray={one.dash?.map((n) => n / 1.5).join(' ')}
                  />
                </svg>
                {one.label}
                <span className="min-w-10 text-fg tabular-nums">{value === null ? '' : format(value)}</span>
              </span>
            )
          })}
        </span>
      </figcaption>
      <div ref={box} aria-hidden style={{ height: HEIGHT }} className="overflow-hidden" />
    </figure>
  )
}

function options(
  el: HTMLElement,
  series: ChartSeries[],
  latest: { current: Pick<ChartProps, 'format' | 'onZoom'> },
  setAt: (index: number | null) => void,
): uPlot.Options {
  const css = getComputedStyle(el)
  const color = (name: string) => css.getPropertyValue(name).trim()
  const axis: uPlot.Axis = {
    stroke: color('--muted'),
    font: `11px ${css.fontFamily}`,
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
  }
  return {
    width: el.clientWidth,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { sync: { key: 'metrics' }, drag: { x: true, y: false, setScale: false }, y: false },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_plot, splits, _axis, _space, step) => splits.map((s) => timeLabel(s, step)),
      },
      {
        ...axis,
        size: 64,
        values: (_plot, splits) => splits.map((value) => (value === 0 ? '0' : latest.current.format(value))),
      },
    ],
    series: [
      {},
      ...series.map(({ label, color: name, dash, filled }, index) => ({
        label,
        stroke: color(name),
        width: 1.5,
        spanGaps: false,
        // A value between gaps has no line: it shows as a point.
        points: { size: 5, fill: color(name), filter: (plot: uPlot) => isolated(plot.data[index + 1] ?? []) },
        ...(dash ? { dash } : {}),
        ...(filled ? { fill: `color-mix(in srgb, ${color(name)} 14%, transparent)` } : {}),
      })),
    ],
    hooks: {
      setCursor: [(plot) => setAt(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < 4) return
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          latest.current.onZoom(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000)
        },
      ],
    },
  }
}

function timeLabel(seconds: number, step: number): string {
  const date = new Date(seconds * 1000)
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
  if (step >= DAY_S || isMidnight) {
    return date.toLocaleDateString(activeLocale(), { month: 'short', day: 'numeric' })
  }
  return date.toLocaleTimeString(activeLocale(), { hour: '2-digit', minute: '2-digit', hour12: false })
}

function isolated(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = []
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i)
  }
  return found
}
