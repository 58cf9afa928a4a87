import { z } from 'zod'
import { appidSchema, functionNameSchema } from './ids.ts'
import { runRequestSchema } from './run-request.ts'

/** Limits of cases. Sizes in characters. */
export const caseLimits = {
  perApp: 5_000,
  expectations: 50,
  snapshot: 256_000,
  /** How long a deleted case can be brought back, in milliseconds. */
  undoMs: 7 * 24 * 3_600_000,
} as const

/** JSON written as text: it is kept as it was typed, and MongoDB need not like its names. */
const jsonText = z
  .string()
  .max(caseLimits.snapshot)
  .refine((text) => {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }, 'is not JSON')

/** A JSONPath query (RFC 9535), e.g. `$.items[*].id`. */
const jsonPath = z.string().trim().min(1).max(500).startsWith('$', 'begins with $')

/** What a response has to be. */
export const expectationSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), status: z.number().int().min(100).max(599) }),
  z.object({
    kind: z.literal('header'),
    name: z.string().trim().min(1).max(200),
    /** `matches`: a regular expression (JavaScript's, flag `u`). */
    match: z.enum(['equals', 'contains', 'matches', 'exists']),
    value: z.string().max(8192).default(''),
  }),
  z.object({
    kind: z.literal('json'),
    path: jsonPath,
    /** `exists`: the query finds something; else what it finds first is compared. */
    match: z.enum(['equals', 'contains', 'matches', 'exists']),
    /** JSON; for `matches` a JSON string with the expression. */
    value: jsonText.default('null'),
  }),
  /** JSON Schema, draft 2020-12. */
  z.object({ kind: z.literal('schema'), schema: jsonText }),
  /** The whole body: compared as JSON where both are JSON, without what `ignore` finds. */
  z.object({
    kind: z.literal('body'),
    body: z.string().max(caseLimits.snapshot),
    ignore: z.array(jsonPath).max(100).default([]),
  }),
  /** From sending the request to the end of the answer. */
  z.object({ kind: z.literal('duration'), maxMs: z.number().positive().max(3_600_000) }),
])
export type Expectation = z.infer<typeof expectationSchema>

const caseId = z.string().regex(/^[0-9a-f]{24}$/, 'is not the id of a case')
const caseName = z.string().trim().min(1).max(120)

/** Inputs of `cases.list save delete restore move`. */
export const caseInputs = {
  list: z.object({ appid: appidSchema, functionName: functionNameSchema.optional() }),
  save: z.object({
    appid: appidSchema,
    /** Left out: a new case, the last of its function. */
    id: caseId.optional(),
    functionName: functionNameSchema,
    name: caseName,
    request: runRequestSchema.prefault({}),
    expectations: z.array(expectationSchema).max(caseLimits.expectations),
  }),
  one: z.object({ appid: appidSchema, id: caseId }),
  move: z.object({
    appid: appidSchema,
    id: caseId,
    /** The case of the same function that comes next; null: to the end. */
    before: caseId.nullable(),
  }),
} as const
export type CaseSave = z.input<typeof caseInputs.save>

export interface CaseView {
  id: string
  functionName: string
  name: string
  request: z.infer<typeof runRequestSchema>
  expectations: Expectation[]
  createdAt: string
  createdBy: string
  updatedAt: string
  updatedBy: string
}
