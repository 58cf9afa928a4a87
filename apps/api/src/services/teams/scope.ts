import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'

/** The team that the permission matrix has let this request to. Every verb on a team begins here. */
export function teamOf({ teamId }: SignedRequest): string {
  if (teamId === null) throw notFound('team', 'of this call')
  return teamId
}
