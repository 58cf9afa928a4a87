import { z } from 'zod'
import { limits } from './limits.ts'

export const methodSchema = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
export type Method = z.infer<typeof methodSchema>

/** Limits of runs from the panel. Sizes in bytes. */
export const runLimits = {
  bodyBytes: limits.bodyBytes,
  /** Of an answer that is streamed to the panel; of one that comes as a whole. */
  streamedBytes: 64 * 1024 * 1024,
  wholeBytes: 8 * 1024 * 1024,
  parts: 100,
  /** A request that a case or the history keeps, as JSON. */
  storedBytes: 1_000_000,
  /** Runs of one person that an app remembers, and for how long in milliseconds. */
  history: 200,
  historyMs: 30 * 24 * 3_600_000,
} as const

/**
 * Stands for a header's value that a stored request keeps, and that is never shown again. Sent back unchanged, together
 * with `stored`, it is that value.
 */
export const WITHHELD = '••••••••'

const base64 = z
  .string()
  .refine((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), 'is not base64')

/** A field of a form as `multipart/form-data` carries it: a text, or a file. */
const partSchema = z.union([
  z.object({ name: z.string().min(1).max(500), value: z.string() }),
  z.object({
    name: z.string().min(1).max(500),
    fileName: z.string().max(500),
    /** Media type; '' = application/octet-stream. */
    type: z.string().max(200).default(''),
    data: base64,
  }),
])
export type RunPart = z.input<typeof partSchema>

/** What stands for a stored request: a case of the app, or a past run of the caller's own. */
export const storedRefSchema = z.object({
  kind: z.enum(['case', 'run']),
  id: z.string().regex(/^[0-9a-f]{24}$/, 'is not an id'),
})
export type StoredRef = z.infer<typeof storedRefSchema>

export const runRequestSchema = z
  .object({
    method: methodSchema.default('GET'),
    /** Path under the function, '' or '/...'. */
    path: z.string().max(4096).default(''),
    /** Without the leading '?'; or name-value pairs. */
    query: z.union([z.string().max(8192), z.record(z.string(), z.string())]).default(''),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().nullable().default(null),
    /** What `body` is: text, or bytes as base64. */
    bodyEncoding: z.enum(['utf8', 'base64']).default('utf8'),
    /** In place of `body`: sent as `multipart/form-data`. */
    parts: z.array(partSchema).max(runLimits.parts).optional(),
    /** Whose values take the place of `{{name}}` in all texts above. */
    variableSet: storedRefSchema.shape.id.optional(),
    /** Claims (a JSON object) of a token of a user of the app, made for this request and sent as `authorization`. */
    user: z.string().max(4096).optional(),
    /** Where headers that are `WITHHELD` have their values. */
    stored: storedRefSchema.optional(),
  })
  .refine(
    ({ body, bodyEncoding }) => body === null || bodyEncoding === 'utf8' || base64.safeParse(body).success,
    {
      path: ['body'],
      message: 'is not base64',
    },
  )
  .refine(({ body, parts }) => body === null || parts === undefined, {
    path: ['parts'],
    message: 'give one of body and parts',
  })
export type RunRequest = z.input<typeof runRequestSchema>
