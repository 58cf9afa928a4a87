import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LATENCY_BUCKETS, latencyBound, latencyBucket, latencyQuantile } from '../src/latency.ts'

function counted(durations: number[]): number[] {
  const counts = new Array<number>(LATENCY_BUCKETS).fill(0)
  for (const ms of durations) counts[latencyBucket(ms)]!++
  return counts
}

const duration = fc.double({ min: 0.1, max: 3_600_000, noNaN: true })

test('every duration is counted in the bucket whose bounds enclose it', () => {
  fc.assert(
    fc.property(duration, (ms) => {
      const bucket = latencyBucket(ms)
      // Bounds are computed, and may be off by the last bit.
      expect(ms).toBeLessThanOrEqual(latencyBound(bucket) * (1 + 1e-9))
      if (bucket > 0 && bucket < LATENCY_BUCKETS - 1) {
        expect(ms).toBeGreaterThan(latencyBound(bucket - 1) * (1 - 1e-9))
      }
    }),
  )
})

test('what is no duration is counted, and never outside of the histogram', () => {
  for (const odd of [0, -1, Number.NaN, Number.NEGATIVE_INFINITY]) expect(latencyBucket(odd)).toBe(0)
  expect(latencyBucket(Number.POSITIVE_INFINITY)).toBe(LATENCY_BUCKETS - 1)
})

test('a quantile is off by less than a bucket from the true one', () => {
  fc.assert(
    fc.property(
      fc.array(duration, { minLength: 1, maxLength: 200 }),
      fc.constantFrom(0.5, 0.95, 0.99),
      (durations, q) => {
        const sorted = durations.toSorted((a, b) => a - b)
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!
        const found = latencyQuantile(counted(durations), q)!
        expect(Math.abs(latencyBucket(found) - latencyBucket(exact))).toBeLessThanOrEqual(1)
      },
    ),
  )
})

test('histograms add up: the sum has the quantiles of all durations together', () => {
  fc.assert(
    fc.property(fc.array(duration, { minLength: 1 }), fc.array(duration, { minLength: 1 }), (a, b) => {
      const [one, other] = [counted(a), counted(b)]
      const sum = one.map((count, bucket) => count + other[bucket]!)
      expect(sum).toEqual(counted([...a, ...b]))
    }),
  )
})

test('nothing counted has no quantile', () => {
  expect(latencyQuantile([], 0.5)).toBeNull()
})
