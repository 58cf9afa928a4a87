import { type EnvView, type envInputs, envLimits } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { sizeOf } from './plan.ts'
import { openValue } from './values.ts'

/** The app's variables by name; the values of secret ones are not among them. */
export async function listEnv(
  request: SignedRequest,
  { appid }: z.infer<typeof envInputs.list>,
): Promise<EnvView> {
  appOf(request, appid)
  const { mongo, secrets } = request.context
  const doc = await repeatable(() => mongo.env.findOne({ _id: appid }))
  const variables = doc?.variables ?? []
  return {
    appid,
    version: doc?.version ?? 0,
    variables: variables.map((variable) => ({
      name: variable.name,
      secret: variable.secret,
      value: variable.secret ? null : openValue(secrets, appid, variable),
      updatedAt: variable.updatedAt.toISOString(),
      updatedBy: variable.updatedBy,
    })),
    usedBytes: sizeOf(variables),
    limitBytes: envLimits.totalBytes,
  }
}
