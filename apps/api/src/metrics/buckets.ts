import type { MetricsDoc } from '../mongo/observed.ts'

export type Resolution = MetricsDoc['resolution']

/** No function has this name: the roll-up of the whole app. */
export const WHOLE_APP = ''

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

export const resolutions: Resolution[] = ['minute', 'hour', 'day']

/** How long one roll-up is. */
export const lengthMs: Record<Resolution, number> = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }

/** How long roll-ups are kept: coarser ones longer, so that an app's history is some 4,000 small documents per function. */
const keptMs: Record<Resolution, number> = { minute: 2 * DAY_MS, hour: 35 * DAY_MS, day: 400 * DAY_MS }

/** The beginning of the roll-up in which a moment falls (UTC). */
export function startOf(resolution: Resolution, ms: number): number {
  return Math.floor(ms / lengthMs[resolution]) * lengthMs[resolution]
}

export function expiryOf(resolution: Resolution, start: number): Date {
  return new Date(start + lengthMs[resolution] + keptMs[resolution])
}

/** Whether all of a resolution that begins at `from` is still there. */
export function isKept(resolution: Resolution, from: number, now: number): boolean {
  return from >= now - keptMs[resolution]
}

export function bucketId(appid: string, resolution: Resolution, start: number, functionName: string): string {
  return `${appid}/${resolution}/${start / lengthMs[resolution]}/${functionName}`
}

export interface Stretch {
  resolution: Resolution
  from: number
  to: number
}

/**
 * Covers a time with as few roll-ups as there can be: days inside, hours at their sides, minutes at the ends as long as
 * they are kept. What minutes cannot cover any more is rounded to hours, outwards.
 */
export function cover(from: number, to: number, now: number, coarsest: Resolution = 'day'): Stretch[] {
  if (from >= to) return []
  const finer: Resolution | null = coarsest === 'day' ? 'hour' : coarsest === 'hour' ? 'minute' : null
  const length = lengthMs[coarsest]
  const first = Math.ceil(from / length) * length
  const last = Math.floor(to / length) * length
  if (!finer || (coarsest === 'hour' && !isKept('minute', from, now))) {
    return [{ resolution: coarsest, from: startOf(coarsest, from), to: Math.ceil(to / length) * length }]
  }
  if (first >= last) return cover(from, to, now, finer)
  return [
    ...cover(from, first, now, finer),
    { resolution: coarsest, from: first, to: last },
    ...cover(last, to, now, finer),
  ]
}
