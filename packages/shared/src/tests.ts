import { z } from 'zod'
import type { Expectation } from './cases.ts'
import { appidSchema, functionNameSchema } from './ids.ts'
import type { LogLine } from './logs.ts'
import type { TestFailure } from './test-reports.ts'

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
        /** These files of tests; with `tests` only those tests of them, by full names (suites and test, by spaces). */
        files: z
          .array(
            z.object({
              name: functionNameSchema,
              tests: z.array(z.string().max(1_000)).max(1_000).optional(),
            }),
          )
          .max(2_000)
          .optional(),
        /**
         * What a change of these functions may break: their own cases, and the files of tests that are named after
         * them, import them (also through others) or have their address as a text.
         */
        affectedBy: z.array(functionNameSchema).max(100).optional(),
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

/** A suite or test of a file of tests. A later one with the same `id` takes the place of an earlier one. */
export interface TestResult {
  id: string
  /** Of the suite around it; null for the outermost. */
  parent: string | null
  /** The file's name, e.g. `users/list.test`. */
  file: string
  name: string
  kind: 'suite' | 'test'
  state: TestState | 'running'
  durationMs: number
  /** Where it stands. */
  place: { file: string; line: number; column: number } | null
  failure: TestFailure | null
}

/** Which lines of a function were executed. */
export interface FunctionCoverage {
  name: string
  lines: number
  covered: number
  /** First and last line (1-based) of what was not executed. */
  uncovered: [from: number, to: number][]
}

/** A failed test, as a refused publish names it. */
export interface FailedTest {
  /** Of a case; null for a test of a file. */
  caseId: string | null
  /** The case's function, or the file of tests. */
  owner: string
  name: string
  message: string
  place: { file: string; line: number; column: number } | null
}

export interface TestCounts {
  passed: number
  failed: number
  skipped: number
}

/** What `tests.run` yields: `begin`, results as they come, and one `end`. */
export type TestEvent =
  | { type: 'begin'; runId: string; cases: number; files: string[] }
  | { type: 'case'; result: CaseResult }
  | { type: 'test'; result: TestResult }
  | { type: 'coverage'; functions: FunctionCoverage[] }
  /** Output of what is being tested; `requestId` says of which case, `test` of which test. */
  | { type: 'log'; line: LogLine }
  | { type: 'end'; counts: TestCounts; durationMs: number }
