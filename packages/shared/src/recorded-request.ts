import { z } from 'zod'

/** What the record of a request keeps of what it carried; what looks secret is `REDACTED`. */
export const recordedRequestSchema = z.object({
  /** Without the leading '?'. */
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Null: there was none, or it was left out, which `bodyBytes` tells apart. */
  body: z.string().nullable(),
  /** What `body` is: text, or bytes as base64. */
  bodyEncoding: z.enum(['utf8', 'base64']),
  /** How long the body was; null where nobody knows, since it was streamed. */
  bodyBytes: z.number().int().nullable(),
})
export type RecordedRequest = z.infer<typeof recordedRequestSchema>
