import { randomUUID } from 'node:crypto'
import type { DeletedFunction, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { changeLive } from './change-live.ts'
import { refreshFunctionCount } from './count.ts'
import { deletedSlot, functionOf } from './scope.ts'
import { deletedView } from './view.ts'

/**
 * Moves a function to the recycle bin and frees its name. Refused with LOAD_ERROR when live functions import it.
 */
export async function deleteFunction(
  request: SignedRequest,
  { appid, name }: z.infer<typeof inputs.function>,
): Promise<DeletedFunction> {
  const { context, caller } = request
  const { mongo, channels } = context
  livingAppOf(request, appid)
  return channels.exclusive(appid, async () => {
    const doc = await functionOf(mongo, appid, name)
    const bin = { slot: deletedSlot(doc._id), deletedAt: new Date(), deletedBy: caller.name }
    const write = async () => {
      await repeatable(() => mongo.functions.updateOne({ _id: doc._id }, { $set: bin }))
    }
    if (!doc.live) await write()
    else await changeLive(context, appid, { publishId: randomUUID(), set: [], removed: [name] }, write)
    await refreshFunctionCount(mongo, appid)
    return deletedView({ ...doc, ...bin })
  })
}
