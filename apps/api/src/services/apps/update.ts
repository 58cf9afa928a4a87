import type { AppView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from './scope.ts'
import { appView } from './view.ts'

/** Changes an app's settings; what is left out stays. */
export async function updateApp(
  request: SignedRequest,
  { appid, ...changes }: z.infer<typeof inputs.appsUpdate>,
): Promise<AppView> {
  const app = livingAppOf(request, appid)
  const { context, caller, requestId } = request
  const { mongo, log } = context
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  if (Object.keys(given).length > 0) {
    await repeatable(() => mongo.apps.updateOne({ _id: appid }, { $set: given }))
    log.info({ appid, requestId, userId: caller.userId, ...given }, 'app settings changed')
  }
  return appView(context, { ...app, ...given })
}
