import { z } from 'zod'
import { appidSchema, FUNCTION_NAME_MAX, functionNameSchema } from './ids.ts'
import { LATENCY_BUCKETS } from './latency.ts'

const count = z.number().int().nonnegative()

/** What one function did in one minute, as far as it was not reported before: numbers to be added up. Runs do not count. */
export const requestCountsSchema = z.object({
  /** Minutes since the epoch. */
  minute: z.number().int().nonnegative(),
  functionName: z.string().min(1).max(FUNCTION_NAME_MAX),
  requests: count,
  /** Status 500 and above. */
  errors: count,
  /** Status 400 to 499. */
  clientErrors: count,
  /** Requests that are counted here, and of which no record was sent because there were too many. */
  unrecorded: count,
  durationMs: z.number().nonnegative(),
  /** Bucket and count; buckets without a count are left out. */
  latency: z
    .array(
      z.tuple([
        z
          .number()
          .int()
          .min(0)
          .max(LATENCY_BUCKETS - 1),
        count,
      ]),
    )
    .max(LATENCY_BUCKETS),
})
export type RequestCounts = z.infer<typeof requestCountsSchema>

/** ISO 8601, e.g. `2026-11-23T18:00:00Z`. */
export const instantSchema = z.iso.datetime({ offset: true })

export const metricsInputs = {
  series: z.object({
    appid: appidSchema,
    /** Without it, the whole app. */
    functionName: functionNameSchema.optional(),
    from: instantSchema,
    /** Default: now. */
    to: instantSchema.optional(),
    /** Seconds per point: a multiple of 60. Default: what gives some 60 to 180 points. */
    step: z.number().int().min(60).max(86_400).multipleOf(60).optional(),
  }),
  functions: z.object({ appid: appidSchema, from: instantSchema, to: instantSchema.optional() }),
  recent: z.object({ teamId: z.string().optional() }).optional(),
} as const

/** Requests of a stretch of time. Durations in milliseconds; null where nothing was counted. */
export interface RequestStats {
  requests: number
  errors: number
  clientErrors: number
  p50: number | null
  p95: number | null
  p99: number | null
}

/** One point of a series: what happened from `at` on, for `stepSeconds`. */
export interface MetricsPoint extends RequestStats {
  at: string
  /** Starts of a runtime while none served, so that requests had to wait. Of the whole app only. */
  coldStarts: number
  /** The largest resident memory that a runtime reported, in bytes; null while none ran. Of the whole app only. */
  memoryBytes: number | null
  /** Share of one processor's time that runtimes used, 0 to 1 per runtime; null while none ran. Of the whole app only. */
  cpu: number | null
}

export interface MetricsSeries {
  from: string
  to: string
  stepSeconds: number
  /** Without gaps, the oldest first. */
  points: MetricsPoint[]
  total: RequestStats & { coldStarts: number }
}

export interface FunctionMetrics extends RequestStats {
  functionName: string
}

/** The last 60 minutes of one app; the last number belongs to the minute that is not over yet. */
export interface RecentMetrics {
  appid: string
  requests: number[]
  errors: number[]
}
