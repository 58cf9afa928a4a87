import type { OrganizationDoc } from '../../mongo/account-documents.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'

/** The team that the permission matrix has let this request to. Every verb on a team begins here. */
export function teamOf({ teamId }: SignedRequest): string {
  if (teamId === null) throw notFound('team', 'of this call')
  return teamId
}

/** The same with what stands in the database. */
export async function teamDocOf(request: SignedRequest): Promise<OrganizationDoc> {
  const teamId = teamOf(request)
  const found = await request.context.mongo.organizations.findOne({ _id: teamId })
  if (!found) throw notFound('team', teamId)
  return found
}
