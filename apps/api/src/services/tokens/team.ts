import type { TokenView, tokenInputs } from '@lathe/shared'
import type { z } from 'zod'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'
import { issueToken } from './issue.ts'
import { tokenView } from './view.ts'

/** A team's bearer tokens, the newest first, without their secrets. */
export async function listTeamTokens(request: SignedRequest): Promise<TokenView[]> {
  const found = await request.context.mongo.apiKeys.find({ referenceId: teamOf(request) }).toArray()
  return found.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()).map(tokenView)
}

/** Makes a token that belongs to the team: it goes on working when whoever made it leaves. */
export async function createTeamToken(
  request: SignedRequest,
  input: z.infer<typeof tokenInputs.teamCreate>,
): Promise<TokenView & { token: string }> {
  const teamId = teamOf(request)
  if (input.apps) {
    const known = await request.context.mongo.apps.countDocuments({ _id: { $in: input.apps }, teamId })
    if (known !== new Set(input.apps).size) throw notFound('app', input.apps.join(', '))
  }
  return issueToken(request, teamId, input)
}

/** Ends a token of the team, at once. */
export async function revokeTeamToken(
  request: SignedRequest,
  { id }: z.infer<typeof tokenInputs.teamRevoke>,
): Promise<{ id: string }> {
  const { deletedCount } = await request.context.mongo.apiKeys.deleteOne({
    _id: id,
    referenceId: teamOf(request),
  })
  if (deletedCount === 0) throw notFound('token', id)
  return { id }
}
