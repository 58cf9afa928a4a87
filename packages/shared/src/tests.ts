import { z } from 'zod'
import type { Expectation } from './cases.ts'
import { appidSchema, functionNameSchema } from './ids.ts'
import type { LogLine } from './logs.ts'

export const testTargetSchema = z.enum(['draft', 'live'])
export type TestTarget = z.infer<typeof testTargetSchema>

/** Inputs of `tests.run`. */
export const testInputs = {
  run: z.object({
    appid: appidSchema,
    /** What is tried: the drafts, over what is live; or what is live alone. */
    target: testTargetSchema.default('draft'),
    /** Only these; without it, everything that the app has. */
    only: z
      .object({
        /** All cases of these functions. */
        functions: z.array(functionNameSchema).max(2_000).optional(),
        /** These cases. */
        cases: z.array(z.string().max(24)).max(5_000).optional(),
      })
      .optional(),
  }),
} as const

export type TestState = 'passed' | 'failed' | 'skipped'

/** What became of one expectation. */
export interface Check {
  kind: Expectation['kind']
  passed: boolean
  /** What was looked at: a header's name, a JSON path; '' where the kind says it. */
  subject: string
  /** Why it failed, in a sentence; '' when it passed. */
  message: string
  /** Both sides as text, for a diff; null where a sentence says all. */
  expected: string | null
  actual: string | null
}

export interface CaseResult {
  id: string
  functionName: string
  name: string
  state: TestState
  durationMs: number
  /** Null when there was no answer. */
  status: number | null
  requestId: string | null
  checks: Check[]
  /** Why there was no answer; null when there was one. */
  error: string | null
}

export interface TestCounts {
  passed: number
  failed: number
  skipped: number
}

/** What `tests.run` yields: `begin`, results as they come, and one `end`. */
export type TestEvent =
  | { type: 'begin'; runId: string; cases: number }
  | { type: 'case'; result: CaseResult }
  /** Output of what is being tested; `requestId` says of which case. */
  | { type: 'log'; line: LogLine }
  | { type: 'end'; counts: TestCounts; durationMs: number }
