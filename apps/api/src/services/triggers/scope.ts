import type { TriggerDoc } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound } from '../../refusal.ts'

/** A trigger of an app that was scoped to the caller before. */
export async function triggerOf(mongo: Mongo, appid: string, id: string): Promise<TriggerDoc> {
  const found = await repeatable(() => mongo.triggers.findOne({ _id: id }))
  if (!found || found.appid !== appid) throw notFound('trigger', id)
  return found
}
