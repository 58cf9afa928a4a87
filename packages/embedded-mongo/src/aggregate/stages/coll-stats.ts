/** `$collStats: { storageStats, count }`: what a collection holds, as the first stage of its pipeline. */
import { hostname } from 'node:os'
import { asInteger } from '../../bson/types.ts'
import { DateTime, doc, int, isDoc, type Value } from '../../bson/values.ts'
import { MongoError, notSupported } from '../../errors.ts'
import type { Collection } from '../../storage/collection.ts'
import { countDocuments, storageStats } from '../../storage/size.ts'
import type { Batches, PipelineContext } from '../pipeline.ts'

export async function* collStats(
  spec: Value,
  collection: Collection | undefined,
  { engine, op }: PipelineContext,
): Batches {
  if (!isDoc(spec)) throw new MongoError(40166, 'The $collStats specification must be an object')
  for (const key of spec.keys())
    if (key !== 'storageStats' && key !== 'count') throw notSupported(`$collStats with ${key}`)
  if (!collection) throw new MongoError('NamespaceNotFound', 'Collection does not exist in $collStats stage')
  const out = doc({ ns: collection.ns, host: hostname(), localTime: new DateTime(Date.now()) })
  const storage = spec.get('storageStats')
  if (isDoc(storage)) {
    const scale = asInteger(storage.get('scale')) ?? 1
    if (scale < 1) throw new MongoError(51024, 'the scale of $collStats must be at least 1')
    out.set('storageStats', await storageStats(engine.read, collection, op, scale))
  }
  if (spec.has('count')) out.set('count', int(await countDocuments(engine.read, collection, op)))
  yield [out]
}
