import type { FiringView, triggerInputs } from '@lathe/shared'
import type { z } from 'zod'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { triggerOf } from './scope.ts'
import { firingView } from './view.ts'

/** What became of the trigger's last ticks, the newest first. */
export async function triggerHistory(
  request: SignedRequest,
  { appid, id, limit }: z.infer<typeof triggerInputs.history>,
): Promise<FiringView[]> {
  appOf(request, appid)
  const { mongo } = request.context
  await triggerOf(mongo, appid, id)
  const docs = await mongo.firings.find({ triggerId: id }).sort({ _id: -1 }).limit(limit).toArray()
  return docs.map(firingView)
}
