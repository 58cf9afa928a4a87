import type { triggerInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { triggerOf } from './scope.ts'

/** Removes a trigger and its history. A call that is under way goes on. */
export async function deleteTrigger(
  request: SignedRequest,
  { appid, id }: z.infer<typeof triggerInputs.one>,
): Promise<{ id: string }> {
  const { context, caller, requestId } = request
  livingAppOf(request, appid)
  await triggerOf(context.mongo, appid, id)
  await context.mongo.triggers.deleteOne({ _id: id })
  await context.mongo.firings.deleteMany({ triggerId: id })
  context.log.info({ appid, requestId, userId: caller.userId, triggerId: id }, 'trigger deleted')
  return { id }
}
