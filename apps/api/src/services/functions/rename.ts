import { randomUUID } from 'node:crypto'
import { type FunctionView, type inputs, isTestFile } from '@lathe/shared'
import type { z } from 'zod'
import { compile } from '../../compile/compile.ts'
import { isDuplicate, repeatable } from '../../mongo/errors.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { changeLive } from './change-live.ts'
import { nameTaken } from './create.ts'
import { functionOf } from './scope.ts'
import { unitOf } from './units.ts'
import { functionView } from './view.ts'

/**
 * Renames or moves a function; its address changes in one step, its revisions stay its own. Refused with LOAD_ERROR
 * when functions that are live import it by the old name, or when it no longer finds what it imports.
 */
export async function renameFunction(
  request: SignedRequest,
  { appid, name, newName }: z.infer<typeof inputs.functionsRename>,
): Promise<FunctionView> {
  const { context } = request
  const { mongo, channels } = context
  livingAppOf(request, appid)
  return channels.exclusive(appid, async () => {
    const doc = await functionOf(mongo, appid, name)
    if (name === newName) return functionView(context, doc)
    if (isTestFile(name) !== isTestFile(newName)) {
      const message = 'A function cannot become a file of tests, nor one a function.'
      throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'newName', message }] })
    }
    if (await mongo.functions.findOne({ appid, slot: newName }, { projection: { _id: 1 } })) {
      throw nameTaken(newName)
    }
    // Compiled again for its source map, which names the file.
    const live = doc.live && { ...doc.live, ...(await compile(newName, doc.live.source)) }
    const renamed = { ...doc, name: newName, slot: newName, live, updatedAt: new Date() }
    const { updatedAt, slot } = renamed
    const write = async () => {
      try {
        await repeatable(() =>
          mongo.functions.updateOne({ _id: doc._id }, { $set: { name: newName, slot, live, updatedAt } }),
        )
      } catch (error) {
        throw isDuplicate(error) ? nameTaken(newName) : error
      }
    }
    if (!live) await write()
    else {
      const change = { publishId: randomUUID(), set: [unitOf(renamed, live)], removed: [name] }
      await changeLive(context, appid, change, write)
    }
    return functionView(context, renamed)
  })
}
