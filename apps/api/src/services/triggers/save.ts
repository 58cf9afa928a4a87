import { type TriggerView, type triggerInputs, triggerLimits } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import type { FunctionDoc, TriggerDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { parseSchedule } from '../../triggers/schedule.ts'
import { livingAppOf } from '../apps/scope.ts'
import { triggerOf } from './scope.ts'
import { triggerViews } from './view.ts'

type Input = z.infer<typeof triggerInputs.save>

/** Makes a trigger, or changes one. A function that is not published is refused: it would be called in vain. */
export async function saveTrigger(request: SignedRequest, input: Input): Promise<TriggerView> {
  const { context, caller, requestId } = request
  const { mongo, log } = context
  const { appid, cron, timeZone, enabled, missed, description, payload } = input
  livingAppOf(request, appid)
  const schedule = parseSchedule(cron, timeZone)
  const old = input.id === undefined ? null : await triggerOf(mongo, appid, input.id)
  const target = await targetOf(mongo, input, old)
  const now = new Date()
  const sameTicks =
    old && old.cron === cron && old.timeZone === timeZone && old.enabled && enabled && old.nextAt
  const set = {
    ...target,
    cron,
    timeZone,
    enabled,
    missed,
    description,
    payload: payload.trim(),
    updatedAt: now,
    updatedBy: caller.name,
    // Left alone when ticks stay the same: one that is due at this very moment is not lost.
    ...(sameTicks ? {} : { nextAt: enabled ? schedule.after(now) : null }),
  }
  const doc: TriggerDoc = old
    ? { ...old, ...set }
    : {
        ...set,
        nextAt: enabled ? schedule.after(now) : null,
        _id: new ObjectId().toHexString(),
        appid,
        current: null,
        createdAt: now,
        createdBy: caller.name,
      }
  if (old) await repeatable(() => mongo.triggers.updateOne({ _id: doc._id }, { $set: set }))
  else {
    await checkRoom(mongo, appid)
    await mongo.triggers.insertOne(doc)
  }
  const { userId } = caller
  log.info({ appid, requestId, userId, triggerId: doc._id, enabled }, 'trigger saved')
  context.triggers.kick()
  const [view] = await triggerViews(mongo, [doc])
  return view!
}

/** A trigger that is off may stay with a function that cannot be called. */
async function targetOf(
  mongo: Mongo,
  { appid, functionName, enabled }: Input,
  old: TriggerDoc | null,
): Promise<Pick<TriggerDoc, 'functionId' | 'functionName'>> {
  const found = await repeatable(() =>
    mongo.functions.findOne(
      { appid, slot: functionName },
      { projection: { _id: 1, liveRevision: 1 } satisfies Partial<Record<keyof FunctionDoc, 1>> },
    ),
  )
  if (!found) {
    if (!enabled && old?.functionName === functionName) return { functionId: old.functionId, functionName }
    throw notFound('function', functionName)
  }
  if (enabled && found.liveRevision === 0) {
    const message = `${functionName} is not published yet: publish it first, or save the trigger switched off.`
    throw new Refusal('NOT_PUBLISHED', message, { name: functionName })
  }
  return { functionId: found._id, functionName }
}

async function checkRoom(mongo: Mongo, appid: string): Promise<void> {
  const limit = triggerLimits.perApp
  const present = await mongo.triggers
    .find({ appid }, { projection: { _id: 1 } })
    .limit(limit)
    .toArray()
  if (present.length >= limit) {
    throw new Refusal('LIMIT_REACHED', `An app can have ${limit} triggers.`, { limit })
  }
}
