import type { variableSetInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { variableSetOf } from './values.ts'

/** Deletes a set. Requests that refer to it say so when they are sent. */
export async function deleteVariableSet(
  request: SignedRequest,
  { appid, id }: z.infer<typeof variableSetInputs.one>,
): Promise<{ id: string }> {
  const { mongo } = request.context
  livingAppOf(request, appid)
  await variableSetOf(mongo, appid, id)
  await repeatable(() => mongo.variableSets.deleteOne({ _id: id }))
  return { id }
}
