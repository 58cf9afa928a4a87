import type { TeamView } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'

export async function listTeams(request: SignedRequest): Promise<TeamView[]> {
  throw new Error('not yet')
}
