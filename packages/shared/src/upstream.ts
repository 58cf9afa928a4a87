import { z } from 'zod'

/** The runtime also takes `@lathe/wire`'s frames there. Absent: HTTP/1.1 alone. */
const frames = z.literal(true).optional()

/** Where a runtime listens: a Unix socket on this machine, or TCP on another. Spoken there: HTTP/1.1. */
export const upstreamSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unix'), path: z.string().min(1).max(107), frames }),
  z.object({
    kind: z.literal('tcp'),
    host: z.string().min(1),
    port: z.number().int().min(1).max(65535),
    frames,
  }),
])
export type Upstream = z.infer<typeof upstreamSchema>
