import type { EnvChange } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'
import { changeEnv } from './change.ts'
import { type EnvSetInput, planSet, type Seal } from './plan.ts'
import { openValue, sealValue } from './values.ts'

/** Sets variables: one, several, or a whole `.env` text, beside the others or in their place, all or nothing. */
export function setEnv(request: SignedRequest, input: EnvSetInput): Promise<EnvChange> {
  const { appid } = input
  const { secrets } = request.context
  const seal: Seal = {
    seal: (name, value) => sealValue(secrets, appid, name, value),
    open: (variable) => openValue(secrets, appid, variable),
  }
  return changeEnv(request, appid, (current) => planSet(current, input, request.caller.name, seal), input)
}
