import { z } from 'zod'
import { loadErrorSchema, markerSchema } from './errors.ts'
import { appidSchema, functionNameSchema } from './ids.ts'
import { logLineSchema } from './logs.ts'
import { type runRequestSchema, storedRefSchema } from './run-request.ts'

/** The first line and the fields of an answer. */
const responseHead = {
  status: z.number().int(),
  statusText: z.string(),
  /** In order of arrival; a name may repeat. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** From sending the request to the first byte, in milliseconds. */
  firstByteMs: z.number(),
  requestId: z.string(),
}

export const runResponseSchema = z.object({
  ...responseHead,
  /** The body as text, or as base64 where it is not valid UTF-8; '' where it was streamed. */
  body: z.string(),
  bodyEncoding: z.enum(['utf8', 'base64']),
  /** Bytes received; `truncated` when only the first part of them was handed on. */
  size: z.number().int(),
  truncated: z.boolean(),
  /** From sending the request to the end of the answer, in milliseconds. */
  durationMs: z.number(),
})
export type RunResponse = z.infer<typeof runResponseSchema>

/** Where the time of a run went, in milliseconds. */
const timingSchema = z.object({
  /** Until a runtime was there: it is long where the app slept or was starting. */
  wakeMs: z.number(),
  /** Compiling the draft and loading it into the runtime. */
  loadMs: z.number(),
  /** The way through the gateway and back; null where the function streamed, since then they overlap. */
  gatewayMs: z.number().nullable(),
  /** Until the function's first byte, as the runtime measured it. */
  functionMs: z.number(),
  /** From the first byte to the last. */
  transferMs: z.number(),
})
export type RunTiming = z.infer<typeof timingSchema>

export const runFailureReasonSchema = z.enum([
  'COMPILE_ERROR',
  'LOAD_ERROR',
  'APP_NOT_RUNNING',
  'RUNTIME_UNAVAILABLE',
  'LIMIT_REACHED',
  'CANCELLED',
  'TOO_LARGE',
])

/**
 * What `runs.execute` yields: any number of `log`, then one `response` or `error`. `log` may still follow briefly.
 * With `stream` the answer's `head` and its `chunk`s come before `response`, and `timing` behind it.
 */
export const runEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('log'), line: logLineSchema }),
  z.object({ type: z.literal('head'), head: z.object(responseHead) }),
  /** Bytes of the body, base64. */
  z.object({ type: z.literal('chunk'), data: z.string() }),
  z.object({ type: z.literal('response'), response: runResponseSchema }),
  z.object({ type: z.literal('timing'), timing: timingSchema }),
  z.object({
    type: z.literal('error'),
    reason: runFailureReasonSchema,
    message: z.string(),
    markers: z.array(markerSchema).optional(),
    errors: z.array(loadErrorSchema).optional(),
  }),
])
export type RunEvent = z.infer<typeof runEventSchema>

/** Inputs of `runs.history` and `runs.forget`. */
export const historyInputs = {
  list: z.object({
    appid: appidSchema,
    /** Only runs of this function. */
    name: functionNameSchema.optional(),
    /** Only those before this one: the next page. */
    before: storedRefSchema.shape.id.optional(),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  /** Without an id: all of the caller's in this app. */
  forget: z.object({ appid: appidSchema, id: storedRefSchema.shape.id.optional() }),
} as const

/** A run that was: of the caller's own, with the request as it was sent. */
export interface PastRun {
  id: string
  /** As the function was called then. */
  functionName: string
  what: 'draft' | 'live'
  at: string
  /** Null where there was no answer: `reason` says why. */
  status: number | null
  reason: z.infer<typeof runFailureReasonSchema> | null
  durationMs: number | null
  request: z.infer<typeof runRequestSchema>
  /** The body was too large to be kept: it has to be chosen again. */
  bodyLeftOut: boolean
}
