import { type FunctionUnit, limits } from '@lathe/shared'
import type { FunctionDoc, RevisionBody } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { isAlive } from './scope.ts'

type Settings = Pick<FunctionDoc, 'name' | 'methods' | 'timeoutMs' | 'concurrency'>

/** A published function as a runtime needs it. */
export function unitOf(
  settings: Settings,
  revision: Pick<RevisionBody, 'revision' | 'code' | 'map' | 'codeSha256'>,
): FunctionUnit {
  const { name, methods, timeoutMs, concurrency } = settings
  const { code, map, codeSha256 } = revision
  return {
    name,
    revision: revision.revision,
    code,
    map,
    sha256: codeSha256,
    methods,
    timeoutMs,
    ...(concurrency ? { concurrency } : {}),
    bodyLimit: limits.bodyBytes,
  }
}

/** Everything that is live in an app. */
export async function liveUnits(mongo: Mongo, appid: string): Promise<FunctionUnit[]> {
  const found = await mongo.functions
    .find({ appid, slot: isAlive, liveRevision: { $gt: 0 } }, { projection: { draft: 0, 'live.source': 0 } })
    .toArray()
  return found.flatMap((doc) => (doc.live ? [unitOf(doc, doc.live)] : []))
}
