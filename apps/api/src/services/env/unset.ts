import type { EnvChange, envInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { changeEnv } from './change.ts'
import { planUnset } from './plan.ts'

/** Removes variables; those that are not there are no error. */
export function unsetEnv(
  request: SignedRequest,
  { appid, names }: z.infer<typeof envInputs.unset>,
): Promise<EnvChange> {
  return changeEnv(request, appid, (current) => planUnset(current, names))
}
