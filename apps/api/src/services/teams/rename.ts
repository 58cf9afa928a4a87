import type { teamInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from './scope.ts'

export async function renameTeam(
  request: SignedRequest,
  { name }: z.infer<typeof teamInputs.rename>,
): Promise<{ id: string; name: string }> {
  const id = teamOf(request)
  await request.context.mongo.organizations.updateOne({ _id: id }, { $set: { name } })
  return { id, name }
}
