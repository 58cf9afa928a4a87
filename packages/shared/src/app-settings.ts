import { z } from 'zod'

/** Field names and methods: tokens of RFC 9110. */
const token = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, 'not a header name')

/** Scheme, host and port alone, as browsers send it (RFC 6454, 6.2). */
const origin = z
  .string()
  .max(255)
  .regex(
    /^(\*|[a-z][a-z0-9+.-]*:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?)$/,
    'must be * or an origin such as https://example.com',
  )

/** How an app answers browsers of other origins; the gateway answers preflights by it. */
export const corsSchema = z.object({
  /** Origins such as `https://example.com`; `*` allows all. */
  origins: z.array(origin).min(1).max(100),
  /** Methods that pages may use; null: whatever they ask for. */
  methods: z.array(token).min(1).max(20).nullable().default(null),
  /** Request fields that pages may send; null: whatever they ask for. */
  headers: z.array(token).min(1).max(100).nullable().default(null),
  /** Cookies and authorization may come along; then the asking origin is named instead of `*`. */
  credentials: z.boolean().default(false),
  /** How long a browser may keep the answer to a preflight. */
  maxAgeSeconds: z.number().int().min(0).max(86_400).default(600),
})
export type Cors = z.infer<typeof corsSchema>

export const memoryLimits = { leastMb: 64, mostMb: 4_096, usualMb: 256 } as const
/** How long lines and records of requests are kept. */
export const keepLimits = { leastDays: 1, mostDays: 90, usualDays: 7 } as const

/** What an app may take, and how it answers other origins. In force when `apps.update` answers, without a lost request. */
export const appSettingsSchema = z.object({
  /** Null: the app answers preflights by itself. */
  cors: corsSchema.nullable(),
  /** More requests than this are answered 429; a second's worth may come at once. Null: as many as come. */
  requestsPerSecond: z.number().positive().max(1_000_000).nullable(),
  /** Requests in flight or held; more are answered 429. Null: the gateway's own limit. */
  concurrency: z.number().int().min(1).max(100_000).nullable(),
  /** Megabytes of JavaScript heap of each runtime. */
  memoryMb: z.number().int().min(memoryLimits.leastMb).max(memoryLimits.mostMb),
  /** Lines and records of requests go after so many days. */
  keepLogsDays: z.number().int().min(keepLimits.leastDays).max(keepLimits.mostDays),
  /** Records of requests keep what the requests carried, without what looks secret. */
  recordRequests: z.boolean(),
})
export type AppSettings = z.infer<typeof appSettingsSchema>

/** Of an app whose settings nobody has changed. */
export const usualSettings: AppSettings = {
  cors: null,
  requestsPerSecond: null,
  concurrency: null,
  memoryMb: memoryLimits.usualMb,
  keepLogsDays: keepLimits.usualDays,
  recordRequests: true,
}
