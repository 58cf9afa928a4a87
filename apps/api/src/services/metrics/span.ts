import { isKept, lengthMs, type Resolution } from '../../metrics/buckets.ts'
import { Refusal } from '../../refusal.ts'

const MAX_SPAN_MS = 400 * 24 * 3600_000
const MAX_POINTS = 1_500
const POINTS = 120
const STEPS = [60, 300, 900, 3_600, 10_800, 21_600, 86_400]

export interface Span {
  from: number
  to: number
}

/** @throws Refusal INVALID_INPUT for a time that ends before it begins, or is too long */
export function spanOf(input: { from: string; to?: string | undefined }, now: number): Span {
  const from = Date.parse(input.from)
  const to = input.to === undefined ? now : Date.parse(input.to)
  if (from >= to) throw invalid('to', 'must be after `from`')
  if (to - from > MAX_SPAN_MS) throw invalid('from', 'at most 400 days can be looked at')
  return { from, to }
}

export interface Grid {
  resolution: Resolution
  stepMs: number
  /** Multiples of the step that enclose the span. */
  start: number
  end: number
}

/**
 * The points of a series over a span, and the roll-ups to make them of: the coarsest that fit the step. Where minutes are
 * no longer kept, the step is as long as what there still is.
 */
export function gridOf({ from, to }: Span, step: number | undefined, now: number): Grid {
  let stepMs = (step ?? STEPS.find((one) => (to - from) / 1000 / one <= POINTS) ?? 86_400) * 1000
  if (!isKept('minute', from, now)) stepMs = Math.ceil(stepMs / lengthMs.hour) * lengthMs.hour
  if (!isKept('hour', from, now)) stepMs = lengthMs.day
  const resolution =
    (['day', 'hour', 'minute'] as const).find((one) => stepMs % lengthMs[one] === 0) ?? 'minute'
  const start = Math.floor(from / stepMs) * stepMs
  const end = Math.ceil(to / stepMs) * stepMs
  if ((end - start) / stepMs > MAX_POINTS) throw invalid('step', `gives more than ${MAX_POINTS} points`)
  return { resolution, stepMs, start, end }
}

function invalid(path: string, message: string): Refusal {
  return new Refusal('INVALID_INPUT', `${path}: ${message}`, { issues: [{ path, message }] })
}
