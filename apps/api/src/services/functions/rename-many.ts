import { randomUUID } from 'node:crypto'
import { type editingInputs, type FunctionView, isTestFile } from '@lathe/shared'
import type { z } from 'zod'
import { compile } from '../../compile/compile.ts'
import type { FunctionDoc } from '../../mongo/documents.ts'
import { isDuplicate } from '../../mongo/errors.ts'
import { inTransaction } from '../../mongo/in-transaction.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { changeLive } from './change-live.ts'
import { nameTaken } from './create.ts'
import { deletedSlot, functionOf } from './scope.ts'
import { unitOf } from './units.ts'
import { functionView } from './view.ts'

/**
 * Renames or moves functions, for instance all of a folder, as one change: all of them or none. Addresses change in one
 * step, revisions stay their own, names may be exchanged. What moves together may go on importing one another by
 * relative paths. Refused with LOAD_ERROR when functions that are live import one by its old name, or when one no longer
 * finds what it imports.
 * @returns the functions in the order of the moves
 */
export async function renameMany(
  request: SignedRequest,
  { appid, moves }: z.infer<typeof editingInputs.renameMany>,
): Promise<FunctionView[]> {
  const { context } = request
  const { mongo, channels } = context
  livingAppOf(request, appid)
  return channels.exclusive(appid, async () => {
    const parts: { before: FunctionDoc; after: FunctionDoc }[] = []
    for (const { name, newName } of moves) {
      const before = await functionOf(mongo, appid, name)
      if (isTestFile(name) !== isTestFile(newName)) {
        const message = 'A function cannot become a file of tests, nor one a function.'
        throw new Refusal('INVALID_INPUT', message, { issues: [{ path: 'newName', message }] })
      }
      // Compiled again for its source map, which names the file.
      const live = before.live && { ...before.live, ...(await compile(newName, before.live.source)) }
      parts.push({ before, after: { ...before, name: newName, slot: newName, live, updatedAt: new Date() } })
    }
    const left = new Set(moves.map(({ name }) => name))
    const wanted = moves.map(({ newName }) => newName).filter((name) => !left.has(name))
    const taken = await mongo.functions.findOne({ appid, slot: { $in: wanted } }, { projection: { slot: 1 } })
    if (taken) throw nameTaken(taken.slot)
    const set = parts.flatMap(({ after }) => (after.live ? [unitOf(after, after.live)] : []))
    const kept = new Set(set.map(({ name }) => name))
    const removed = parts.flatMap(({ before }) => (before.live && !kept.has(before.name) ? before.name : []))
    const write = () => writeNames(mongo, parts)
    if (set.length === 0) await write()
    else await changeLive(context, appid, { publishId: randomUUID(), set, removed }, write)
    return Promise.all(parts.map(({ after }) => functionView(context, after)))
  })
}

/** First all leave their names, then all take the new ones: so two can exchange theirs. */
async function writeNames(mongo: Mongo, parts: { before: FunctionDoc; after: FunctionDoc }[]): Promise<void> {
  await inTransaction(mongo, async (session) => {
    for (const { before } of parts) {
      const { _id, slot, name } = before
      const left = await mongo.functions.updateOne(
        { _id, slot },
        { $set: { slot: deletedSlot(_id) } },
        { session },
      )
      if (left.matchedCount === 0) throw notFound('function', name)
    }
    for (const { after } of parts) {
      const { _id, name, slot, live, updatedAt } = after
      try {
        await mongo.functions.updateOne({ _id }, { $set: { name, slot, live, updatedAt } }, { session })
      } catch (error) {
        throw isDuplicate(error) ? nameTaken(name) : error
      }
    }
  })
}
