import type { TeamRole, TeamView } from '@lathe/shared'
import { personalSlug } from '../../auth/personal-team.ts'
import type { OrganizationDoc } from '../../mongo/account-documents.ts'

export function teamView(team: OrganizationDoc, role: TeamRole, userId: string): TeamView {
  return { id: team._id, name: team.name, role, personal: team.slug === personalSlug(userId) }
}
