import type { VariableSetView, variableSetInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { variableSetView } from './values.ts'

/** The app's sets of variables by name; the values of secret ones are not among them. */
export async function listVariableSets(
  request: SignedRequest,
  { appid }: z.infer<typeof variableSetInputs.list>,
): Promise<VariableSetView[]> {
  appOf(request, appid)
  const { mongo, secrets } = request.context
  const found = await repeatable(() => mongo.variableSets.find({ appid }).sort({ name: 1 }).toArray())
  return found.map((doc) => variableSetView(secrets, doc))
}
