import { randomUUID } from 'node:crypto'
import type { FunctionView, inputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { changeLive } from './change-live.ts'
import { functionOf } from './scope.ts'
import { unitOf } from './units.ts'
import { functionView } from './view.ts'

/** Changes a function's settings. Those that the runtime keeps to are in force when this answers. */
export async function updateFunction(
  request: SignedRequest,
  { appid, name, ...changes }: z.infer<typeof inputs.functionsUpdate>,
): Promise<FunctionView> {
  const { context } = request
  const { mongo, channels } = context
  livingAppOf(request, appid)
  return channels.exclusive(appid, async () => {
    const doc = await functionOf(mongo, appid, name)
    const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
    const set = { ...given, updatedAt: new Date() }
    const updated = { ...doc, ...set }
    const write = async () => {
      await repeatable(() => mongo.functions.updateOne({ _id: doc._id }, { $set: set }))
    }
    const concernsRuntime = [changes.timeoutMs, changes.methods, changes.concurrency].some(
      (one) => one !== undefined,
    )
    if (!doc.live || !concernsRuntime) await write()
    else {
      const change = { publishId: randomUUID(), set: [unitOf(updated, doc.live)], removed: [] }
      await changeLive(context, appid, change, write)
    }
    return functionView(context, updated)
  })
}
