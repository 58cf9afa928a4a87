import type { Mongo } from '../../mongo/mongo.ts'
import { isAlive } from './scope.ts'

/** Writes how many functions an app has beside the app, where lists of apps read it. Counted afresh: it heals. */
export async function refreshFunctionCount(mongo: Mongo, appid: string): Promise<void> {
  const found = await mongo.functions.find({ appid, slot: isAlive }, { projection: { _id: 1 } }).toArray()
  await mongo.apps.updateOne({ _id: appid }, { $set: { functionCount: found.length } })
}
