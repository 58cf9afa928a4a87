import { randomUUID } from 'node:crypto'
import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { compile } from '../../compile/compile.ts'
import { isDuplicate, repeatable } from '../../mongo/errors.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { changeLive } from './change-live.ts'
import { refreshFunctionCount } from './count.ts'
import { nameTaken } from './create.ts'
import { unitOf } from './units.ts'
import { functionView } from './view.ts'

/** Takes a function out of the recycle bin, with its draft and revisions; what was live is live again. */
export async function restoreFunction(
  request: SignedRequest,
  { appid, id, newName }: z.infer<typeof inputs.functionsRestore>,
): Promise<FunctionView> {
  const { context } = request
  const { mongo, channels } = context
  livingAppOf(request, appid)
  return channels.exclusive(appid, async () => {
    const doc = await mongo.functions.findOne({ _id: id })
    if (!doc || doc.appid !== appid || !doc.deletedAt) throw notFound('deleted function', id)
    const name = newName ?? doc.name
    if (await mongo.functions.findOne({ appid, slot: name }, { projection: { _id: 1 } }))
      throw nameTaken(name)
    const live = doc.live && { ...doc.live, ...(await compile(name, doc.live.source)) }
    const back = { name, slot: name, live, deletedAt: null, deletedBy: null, updatedAt: new Date() }
    const restored = { ...doc, ...back }
    const write = async () => {
      try {
        await repeatable(() => mongo.functions.updateOne({ _id: id }, { $set: back }))
      } catch (error) {
        throw isDuplicate(error) ? nameTaken(name) : error
      }
    }
    if (!live) await write()
    else {
      const change = { publishId: randomUUID(), set: [unitOf(restored, live)], removed: [] }
      await changeLive(context, appid, change, write)
    }
    await refreshFunctionCount(mongo, appid)
    return functionView(context, restored)
  })
}
