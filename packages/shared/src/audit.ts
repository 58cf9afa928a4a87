import { z } from 'zod'
import { appidSchema, teamIdSchema } from './ids.ts'

const filter = {
  teamId: teamIdSchema,
  /** Part of a person's name, of what was done, or of what it was done to. */
  search: z.string().trim().max(100).default(''),
  appid: appidSchema.optional(),
}

export const auditInputs = {
  list: z.object({
    ...filter,
    /** The previous page's `next`. */
    cursor: z.string().max(64).nullish(),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  csv: z.object(filter),
} as const

/** One call that changed something, or was refused to. */
export interface AuditEntry {
  id: string
  at: string
  /** Name of who called. */
  who: string
  /** By which token; null = by a session. */
  token: string | null
  /** The procedure, e.g. `functions.publish`. */
  action: string
  /** The app that it was done to, as it is called now, where it still is. */
  app: { appid: string; name: string | null } | null
  /** What it was done to, in words of the input: names, roles, addresses; never values or secrets. */
  target: Record<string, string>
  /** `ok`, or the reason of the refusal. */
  outcome: string
  /** Network address of who called. */
  address: string
  requestId: string
}

export interface AuditPage {
  entries: AuditEntry[]
  /** For `cursor`; null = this was the last page. */
  next: string | null
}
