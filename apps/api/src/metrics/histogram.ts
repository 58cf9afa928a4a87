import { LATENCY_BUCKETS, latencyBound } from '@lathe/shared'
import type { Tally } from './tally.ts'

/** Every second doubling from 0.1 ms to 7 minutes. */
const BOUND_BUCKETS = [...Array(LATENCY_BUCKETS).keys()].filter((bucket) => bucket % 8 === 0 && bucket <= 88)

/** Upper bounds of the exposed histograms, in seconds. */
export const EXPOSED_BOUNDS = BOUND_BUCKETS.map((bucket) => latencyBound(bucket) / 1000)

/** How many requests took at most as long as each of the bounds. */
export function cumulativeCounts({ latency }: Tally): number[] {
  return BOUND_BUCKETS.map((bound) => {
    let count = 0
    for (const [bucket, n] of latency) if (bucket <= bound) count += n
    return count
  })
}
