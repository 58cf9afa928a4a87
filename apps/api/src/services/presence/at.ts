import type { editingInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'

/** A window belongs to the account that opened it: nobody can speak for another's. */
export function presenceId({ caller }: SignedRequest, appid: string, window: string): string {
  return `${appid}:${caller.userId}:${window}`
}

/** Says which function a page has open now; a page that does not follow the app is not there. */
export async function moveTo(
  request: SignedRequest,
  { appid, window, functionName, editing }: z.infer<typeof editingInputs.at>,
): Promise<{ present: boolean }> {
  const { context } = request
  appOf(request, appid)
  const { matchedCount } = await context.mongo.presence.updateOne(
    { _id: presenceId(request, appid, window) },
    { $set: { functionName, editing } },
  )
  context.presence.kick(appid)
  return { present: matchedCount === 1 }
}
