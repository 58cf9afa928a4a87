import type { TriggerView, triggerInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { triggerViews } from './view.ts'

/** The app's triggers, the oldest first. */
export async function listTriggers(
  request: SignedRequest,
  { appid }: z.infer<typeof triggerInputs.list>,
): Promise<TriggerView[]> {
  appOf(request, appid)
  const { mongo } = request.context
  const docs = await repeatable(() => mongo.triggers.find({ appid }).sort({ _id: 1 }).toArray())
  return triggerViews(mongo, docs)
}
