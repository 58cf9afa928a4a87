import { z } from 'zod'
import { appidSchema, functionNameSchema } from './ids.ts'
import { type Invocation, type LogLine, logLevelSchema } from './logs.ts'
import { instantSchema } from './metrics.ts'

/** The first digit of a status. */
export const statusClassSchema = z.enum(['1xx', '2xx', '3xx', '4xx', '5xx'])
export type StatusClass = z.infer<typeof statusClassSchema>

/** Of `logs.query` and `invocations.list`: goes on behind the last entry that was looked at. */
const cursorSchema = z.string().regex(/^[0-9a-f]{24}$/, 'is not a cursor')
const requestIdSchema = z.string().min(1).max(128)

export const observeInputs = {
  logsQuery: z.object({
    appid: appidSchema,
    functionName: functionNameSchema.optional(),
    /** Lines of this level and above. */
    level: logLevelSchema.optional(),
    requestId: requestIdSchema.optional(),
    /** What the text of a line has to contain, in whatever case. */
    text: z.string().min(1).max(500).optional(),
    /** `text` is a regular expression (JavaScript's, flags `i` and `u`). */
    regex: z.boolean().default(false),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    cursor: cursorSchema.optional(),
    /** The id of the newest line that is wanted: what came after it is left out. */
    upTo: cursorSchema.optional(),
    limit: z.number().int().min(1).max(500).default(100),
  }),
  invocationsList: z.object({
    appid: appidSchema,
    functionName: functionNameSchema.optional(),
    status: statusClassSchema.optional(),
    requestId: requestIdSchema.optional(),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    cursor: cursorSchema.optional(),
    limit: z.number().int().min(1).max(500).default(100),
  }),
  invocationsGet: z.object({ appid: appidSchema, requestId: requestIdSchema }),
} as const

/** A stored line. */
export interface LogEntry extends LogLine {
  id: string
}

/** Lines that were found, the newest first. */
export interface LogPage {
  lines: LogEntry[]
  /** Goes on from here; null when there is nothing older. A page may be empty and have one: see `searchedTo`. */
  cursor: string | null
  /** A search looks at a bounded number of lines per call: the time of the oldest it has looked at. */
  searchedTo: string | null
  /** How many lines were looked at. */
  searched: number
}

/** A stored record of a handled request. What it carried comes with `invocations.get`; in lists it is null. */
export interface InvocationEntry extends Invocation {
  id: string
}

export interface InvocationPage {
  /** The newest first. */
  items: InvocationEntry[]
  cursor: string | null
  /** Requests in the time of this page that were counted, but not recorded one by one, since there were too many. */
  unrecorded: number
}

export interface InvocationDetail {
  /** Null when this request left lines, but no record: it is still being handled, or was one of too many. */
  invocation: InvocationEntry | null
  /** In the order in which they were written; the first 1,000. */
  lines: LogEntry[]
  /** There are more lines than are given. */
  truncated: boolean
}
