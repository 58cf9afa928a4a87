import { z } from 'zod'

/** Why a test failed, with places in TypeScript. */
export const testFailureSchema = z.object({
  message: z.string(),
  /** Only frames of the app's own code and its packages. */
  stack: z.string(),
  /** Both sides of a comparison as text, for a diff; null where there was none. */
  expected: z.string().nullable(),
  actual: z.string().nullable(),
  /** The innermost place in the app's code. */
  place: z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable(),
})
export type TestFailure = z.infer<typeof testFailureSchema>

/** A suite or test began or ended, as the runtime reports it. */
export const testReportSchema = z.object({
  /** Numbers within one run; 0 is above the outermost. */
  id: z.number().int(),
  parentId: z.number().int(),
  name: z.string(),
  kind: z.enum(['suite', 'test']),
  state: z.enum(['running', 'passed', 'failed', 'skipped']),
  durationMs: z.number(),
  /** Where it stands. */
  place: z.object({ file: z.string(), line: z.number(), column: z.number() }).nullable(),
  failure: testFailureSchema.nullable(),
})
export type TestReport = z.infer<typeof testReportSchema>

/** How often parts of one compiled function were executed. */
export const coverageReportSchema = z.object({
  name: z.string(),
  /** First 12 hex digits of the SHA-256 of the code. */
  hash: z.string(),
  /** Start, end (in characters of the code) and count; later ones lie within earlier ones and override them. */
  ranges: z.array(z.tuple([z.number().int(), z.number().int(), z.number()])),
})
export type CoverageReport = z.infer<typeof coverageReportSchema>
