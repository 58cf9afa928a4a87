import type { InvocationPage, observeInputs } from '@lathe/shared'
import type { z } from 'zod'
import { idRange, timeRange } from '../../logs/order.ts'
import { startOf, WHOLE_APP } from '../../metrics/buckets.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { InvocationDoc } from '../../mongo/observed.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { invocationEntry } from './entry.ts'

type Input = z.infer<typeof observeInputs.invocationsList>

/** Records of handled requests, those that ended last first. */
export async function listInvocations(request: SignedRequest, input: Input): Promise<InvocationPage> {
  appOf(request, input.appid)
  const { mongo, logs } = request.context
  if (input.cursor === undefined) await logs.flush()
  const { appid, functionName, status, requestId, from, to, cursor, limit } = input
  const range = idRange(from, to, cursor)
  const found = await mongo.invocations
    .find({
      appid,
      ...(requestId === undefined ? {} : { requestId }),
      ...(functionName === undefined ? {} : { functionName }),
      ...(status === undefined ? {} : { statusClass: Number(status[0]) }),
      ...(Object.keys(range).length > 0 ? { _id: range } : {}),
      ...timeRange(from, to),
    })
    .project<InvocationDoc>({ request: 0 })
    .sort({ _id: -1 })
    .limit(limit + 1)
    .toArray()
  const items = found.slice(0, limit)
  return {
    items: items.map(invocationEntry),
    cursor: found.length > limit ? (items.at(-1)?._id ?? null) : null,
    unrecorded: await unrecorded(mongo, input, items),
  }
}

/** How many more there were in the minutes that the page spans. */
async function unrecorded(
  mongo: Mongo,
  { appid, functionName, requestId, cursor }: Input,
  items: InvocationDoc[],
): Promise<number> {
  const [newest, oldest] = [items[0], items.at(-1)]
  if (requestId !== undefined || !newest || !oldest) return 0
  const first = new Date(startOf('minute', oldest.at.getTime()))
  // A later page begins in a minute that the page before it has told of.
  const end = cursor === undefined ? newest.at : new Date(startOf('minute', newest.at.getTime()) - 1)
  const roll = await mongo.metrics
    .find({
      appid,
      resolution: 'minute',
      functionName: functionName ?? WHOLE_APP,
      at: { $gte: first, $lte: end },
    })
    .project<{ unrecorded?: number }>({ unrecorded: 1 })
    .toArray()
  return roll.reduce((sum, one) => sum + (one.unrecorded ?? 0), 0)
}
