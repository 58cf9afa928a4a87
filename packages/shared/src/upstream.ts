import { z } from 'zod'

/** Where a runtime listens: a Unix socket on this machine, or TCP on another. Spoken there: HTTP/1.1. */
export const upstreamSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unix'), path: z.string().min(1).max(107) }),
  z.object({ kind: z.literal('tcp'), host: z.string().min(1), port: z.number().int().min(1).max(65535) }),
])
export type Upstream = z.infer<typeof upstreamSchema>

/** Headers that only Lathe's own parts may set; the gateway strips them from outside requests. */
export const RUN_TOKEN_HEADER = 'x-lathe-run'
export const REQUEST_ID_HEADER = 'x-request-id'
