import type { MembersPage, teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import { roleOf } from '../../auth/memberships.ts'
import type { MemberDoc } from '../../mongo/account-documents.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'

type Input = z.infer<typeof teamInputs.membersList>

/** The members of a team, in the order in which they came, page by page. */
export async function listMembers(request: SignedRequest, input: Input): Promise<MembersPage> {
  const { mongo } = request.context
  const { cursor, limit } = input
  const page = await mongo.members
    .find({
      organizationId: teamOf(request),
      ...(await matching(request, input)),
      ...(cursor ? { _id: { $gt: cursor } } : {}),
    })
    .sort({ _id: 1 })
    .limit(limit + 1)
    .toArray()
  const shown = page.slice(0, limit)
  const users = await mongo.users.find({ _id: { $in: shown.map(({ userId }) => userId) } }).toArray()
  const byId = new Map(users.map((user) => [user._id, user]))
  return {
    members: shown.map(({ userId, role, createdAt }: MemberDoc) => ({
      userId,
      name: byId.get(userId)?.name ?? '',
      email: byId.get(userId)?.email ?? '',
      role: roleOf(role),
      joinedAt: createdAt.toISOString(),
    })),
    next: page.length > limit ? (shown.at(-1)?._id ?? null) : null,
  }
}

/** Those whose name or address has the text: looked for among the team's own members only. */
async function matching(request: SignedRequest, { search }: Input): Promise<{ userId?: { $in: string[] } }> {
  if (search === '') return {}
  const { mongo } = request.context
  const members = await mongo.members
    .find({ organizationId: teamOf(request) })
    .project<{ userId: string }>({ userId: 1 })
    .toArray()
  const part = { $regex: RegExp.escape(search), $options: 'i' }
  const found = await mongo.users
    .find({ _id: { $in: members.map(({ userId }) => userId) }, $or: [{ name: part }, { email: part }] })
    .project<{ _id: string }>({ _id: 1 })
    .toArray()
  return { userId: { $in: found.map(({ _id }) => _id) } }
}
