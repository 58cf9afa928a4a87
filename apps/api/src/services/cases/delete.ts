import { type caseInputs, caseLimits } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { caseOf } from './scope.ts'

/** Deletes a case; for a week `cases.restore` brings it back. */
export async function deleteCase(
  request: SignedRequest,
  { appid, id }: z.infer<typeof caseInputs.one>,
): Promise<{ id: string }> {
  const { mongo } = request.context
  livingAppOf(request, appid)
  await caseOf(mongo, appid, id)
  const expiresAt = new Date(Date.now() + caseLimits.undoMs)
  await repeatable(() => mongo.cases.updateOne({ _id: id }, { $set: { expiresAt } }))
  return { id }
}
