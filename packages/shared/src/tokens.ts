import { z } from 'zod'
import { appidSchema, teamIdSchema } from './ids.ts'
import { type TokenScope, tokenScopeSchema } from './permissions.ts'

const fresh = {
  name: z.string().trim().min(1).max(64),
  scope: tokenScopeSchema.default('admin'),
  /** The only apps that it may touch; without it, all that its owner may. */
  apps: z.array(appidSchema).min(1).max(100).optional(),
  expiresInDays: z.number().int().min(1).max(365).optional(),
}
const id = z.string().min(1).max(64)

/** Inputs of `tokens.*` (an account's own) and `teamTokens.*` (a team's). */
export const tokenInputs = {
  create: z.object(fresh),
  revoke: z.object({ id }),
  team: z.object({ teamId: teamIdSchema }),
  teamCreate: z.object({ teamId: teamIdSchema, ...fresh }),
  teamRevoke: z.object({ teamId: teamIdSchema, id }),
} as const

/** A bearer token without its secret. */
export interface TokenView {
  id: string
  name: string
  /** The first characters of the secret, to recognise it by. */
  start: string
  scope: TokenScope
  /** The only apps that it may touch; null = all that its owner may. */
  apps: string[] | null
  createdAt: string
  /** Name, for people. */
  createdBy: string
  expiresAt: string | null
  /** To the minute. */
  lastUsedAt: string | null
}
