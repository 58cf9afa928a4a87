import { isTestFile } from '@lathe/shared'
import type { FunctionDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { isAlive } from './scope.ts'

/** Writes how many functions (and no files of tests) an app has beside the app, where lists of apps read it. Counted afresh: it heals. */
export async function refreshFunctionCount(mongo: Mongo, appid: string): Promise<void> {
  const found = await mongo.functions
    .find({ appid, slot: isAlive })
    .project<Pick<FunctionDoc, 'name'>>({ name: 1 })
    .toArray()
  const functionCount = found.filter(({ name }) => !isTestFile(name)).length
  await mongo.apps.updateOne({ _id: appid }, { $set: { functionCount } })
}
