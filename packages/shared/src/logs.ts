import { z } from 'zod'
import { recordedRequestSchema } from './recorded-request.ts'

export const logLevelSchema = z.enum(['debug', 'info', 'warn', 'error'])
export type LogLevel = z.infer<typeof logLevelSchema>

/** One line of output of an app's code, as a runtime reports it. */
export const logLineSchema = z.object({
  /** ISO 8601 with milliseconds. */
  at: z.string(),
  /** Order within one runtime instance: strictly increasing. */
  seq: z.number().int(),
  level: logLevelSchema,
  /** Formatted as by Node's console (util.inspect), without colours. */
  text: z.string(),
  /** The function whose invocation wrote it; null outside of one (top level, stray timers). */
  functionName: z.string().nullable(),
  revision: z.number().int().nullable(),
  requestId: z.string().nullable(),
  runId: z.string().nullable(),
  /** Where in TypeScript source `console.*` was called, e.g. `{ file: 'users/list.ts', line: 3, column: 7 }`. */
  source: z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable(),
  /** Spaces that every line of the text begins with: it was written inside of `console.group`. */
  indent: z.number().int().min(1).optional(),
  /**
   * JSON of the `ConsoleValue`s that were written, where text does not say it all and the app's allowance has room. What is
   * longer than `consoleLimits.storedBytes` is for those who look on at a run, and not stored.
   */
  preview: z.string().max(80_000).optional(),
  /** Of runs of tests: the full name of the test that ran. */
  test: z.string().optional(),
})
export type LogLine = z.infer<typeof logLineSchema>

/** One handled request, as a runtime reports it. Times in milliseconds. */
export const invocationSchema = z.object({
  at: z.string(),
  requestId: z.string(),
  runId: z.string().nullable(),
  functionName: z.string(),
  revision: z.number().int(),
  method: z.string(),
  /** Path without query: queries may carry secrets. */
  path: z.string(),
  status: z.number().int(),
  durationMs: z.number(),
  trigger: z.enum(['http', 'cron']),
  /** What it carried; null when that was not recorded: too many came at once, or the app's settings say so. */
  request: recordedRequestSchema.nullable().default(null),
})
export type Invocation = z.infer<typeof invocationSchema>
