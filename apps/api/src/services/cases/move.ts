import type { caseInputs } from '@lathe/shared'
import type { z } from 'zod'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { caseOf, lastOrder } from './scope.ts'

/** Halving a gap again and again ends somewhere; then the function's cases are numbered anew. */
const SMALLEST_GAP = 1e-6

/** Puts a case before another one of its function, or to the end. */
export async function moveCase(
  request: SignedRequest,
  { appid, id, before }: z.infer<typeof caseInputs.move>,
): Promise<{ id: string }> {
  const { mongo } = request.context
  livingAppOf(request, appid)
  const moved = await caseOf(mongo, appid, id)
  const { functionId } = moved
  if (before === null) {
    await place(mongo, id, await lastOrder(mongo, appid, functionId))
    return { id }
  }
  const next = await caseOf(mongo, appid, before)
  if (next.functionId !== functionId) throw notFound('case of this function', before)
  if (before === id) return { id }
  const previous = await mongo.cases.findOne(
    { appid, functionId, order: { $lt: next.order }, _id: { $ne: id } },
    { sort: { order: -1 } },
  )
  const floor = previous?.order ?? next.order - 2
  await place(mongo, id, (floor + next.order) / 2)
  if (next.order - floor < SMALLEST_GAP) await renumber(mongo, appid, functionId)
  return { id }
}

async function place(mongo: Mongo, id: string, order: number): Promise<void> {
  await repeatable(() => mongo.cases.updateOne({ _id: id }, { $set: { order } }))
}

async function renumber(mongo: Mongo, appid: string, functionId: string): Promise<void> {
  const found = await mongo.cases
    .find({ appid, functionId }, { projection: { _id: 1 } })
    .sort({ order: 1 })
    .toArray()
  await mongo.cases.bulkWrite(
    found.map(({ _id }, index) => ({
      updateOne: { filter: { _id }, update: { $set: { order: index + 1 } } },
    })),
  )
}
