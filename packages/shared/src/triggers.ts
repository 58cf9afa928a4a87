import { z } from 'zod'
import { appidSchema, functionNameSchema } from './ids.ts'

/** Limits of cron triggers. Times in milliseconds. */
export const triggerLimits = {
  perApp: 100,
  /** Firings that are kept per trigger. */
  history: 100,
  /** The shortest time between two ticks. */
  gapMs: 10_000,
  /** A tick that is later than this was missed: the server was down, or its clock was set. */
  lateMs: 60_000,
  payloadChars: 16_384,
} as const

/** Five fields (minute, hour, day of month, month, day of week), or six with seconds first. Decided by the api. */
export const cronSchema = z.string().trim().min(1).max(120)

/** An IANA name, e.g. `Europe/Berlin`. Whether it exists is decided by the api. */
export const timeZoneSchema = z.string().trim().min(1).max(64)

const payloadSchema = z
  .string()
  .max(triggerLimits.payloadChars)
  .refine((text) => {
    if (text.trim() === '') return true
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }, 'is not JSON')

const triggerId = z.string().regex(/^[0-9a-f]{24}$/, 'is not the id of a trigger')

/** Inputs of `triggers.list save delete run history preview`. */
export const triggerInputs = {
  list: z.object({ appid: appidSchema }),
  save: z.object({
    appid: appidSchema,
    /** Left out: a new trigger. */
    id: triggerId.optional(),
    /** The function that it calls; it has to be published. */
    functionName: functionNameSchema,
    cron: cronSchema,
    timeZone: timeZoneSchema.default('UTC'),
    enabled: z.boolean().default(true),
    /** What becomes of ticks that were missed: nothing, or one firing for all of them. */
    missed: z.enum(['skip', 'run-once']).default('skip'),
    description: z.string().trim().max(200).default(''),
    /** JSON that the function finds in `ctx.body`; '' = none. */
    payload: payloadSchema.default(''),
  }),
  one: z.object({ appid: appidSchema, id: triggerId }),
  history: z.object({
    appid: appidSchema,
    id: triggerId,
    limit: z.number().int().min(1).max(triggerLimits.history).default(20),
  }),
  preview: z.object({ appid: appidSchema, cron: cronSchema, timeZone: timeZoneSchema.default('UTC') }),
} as const
export type TriggerSave = z.input<typeof triggerInputs.save>

/** What became of a tick. */
export const firingOutcomeSchema = z.enum([
  'running',
  /** The function answered with a status below 400. */
  'ok',
  /** It answered with 400 or above, or the request did not get through. */
  'failed',
  /** It was not called: `reason` says why. */
  'skipped',
  /** The server stopped while it ran: what became of it is not known. */
  'interrupted',
])
export type FiringOutcome = z.infer<typeof firingOutcomeSchema>

/** Why a tick was skipped, or how a firing failed without an answer. */
export const firingReasonSchema = z.enum([
  'APP_STOPPED',
  'APP_FAILED',
  'NOT_PUBLISHED',
  'FUNCTION_DELETED',
  'STILL_RUNNING',
  'MISSED',
  'RUNTIME_UNAVAILABLE',
  'INTERNAL',
])
export type FiringReason = z.infer<typeof firingReasonSchema>

/** One line of a trigger's history. */
export interface FiringView {
  id: string
  /** The tick, or when `run now` was pressed. */
  dueAt: string
  startedAt: string
  outcome: FiringOutcome
  reason: FiringReason | null
  /** `now`: a person asked for it. `late`: a missed tick that was made up for. */
  cause: 'tick' | 'late' | 'now'
  /** Ticks that this line stands for: equal skips in a row are one line. */
  ticks: number
  /** HTTP status of the answer. */
  status: number | null
  durationMs: number | null
  requestId: string | null
  /** Who asked for it. */
  by: string | null
}

export interface TriggerView {
  id: string
  appid: string
  /** The function's name now, also after a rename; the last one known when it was deleted. */
  functionName: string
  /** `ok`, or why ticks are skipped. */
  functionState: 'ok' | 'unpublished' | 'deleted'
  cron: string
  timeZone: string
  enabled: boolean
  missed: 'skip' | 'run-once'
  description: string
  payload: string
  /** The next three ticks; empty when it is off or there is none any more. */
  nextRuns: string[]
  last: FiringView | null
  createdAt: string
  createdBy: string
  updatedAt: string
  updatedBy: string
}

export interface TriggerPreview {
  /** The next three ticks, ISO 8601. */
  nextRuns: string[]
}
