import { lengthMs, startOf } from '../../metrics/buckets.ts'
import type { MetricsDoc } from '../../mongo/observed.ts'

const MINUTES = 60

/** The last 60 minutes of one app, of its roll-ups of this hour and the one before. */
export function lastHour(
  hours: Pick<MetricsDoc, 'at' | 'minutes'>[],
  now: number,
): { requests: number[]; errors: number[] } {
  const first = firstMinute(now)
  const requests = new Array<number>(MINUTES).fill(0)
  const errors = new Array<number>(MINUTES).fill(0)
  for (const { at, minutes } of hours) {
    for (const [minute, counts] of Object.entries(minutes ?? {})) {
      const index = (at.getTime() + Number(minute) * lengthMs.minute - first) / lengthMs.minute
      if (index < 0 || index >= MINUTES) continue
      requests[index] = counts.requests ?? 0
      errors[index] = counts.errors ?? 0
    }
  }
  return { requests, errors }
}

/** When the last 60 minutes begin. */
export function firstMinute(now: number): number {
  return startOf('minute', now) - (MINUTES - 1) * lengthMs.minute
}
