import type { Mongo } from '../../mongo/mongo.ts'
import { isAlive } from '../functions/scope.ts'
import { packagesImported } from './imports.ts'

/** Which functions import which packages, in their draft or in what is live: package -> function names. */
export async function importsOf(mongo: Mongo, appid: string): Promise<Map<string, string[]>> {
  const functions = await mongo.functions
    .find({ appid, slot: isAlive }, { projection: { name: 1, 'draft.source': 1, 'live.source': 1 } })
    .sort({ slot: 1 })
    .toArray()
  const users = new Map<string, string[]>()
  for (const { name, draft, live } of functions) {
    const packages = new Set([
      ...packagesImported(draft.source),
      ...(live && live.source !== draft.source ? packagesImported(live.source) : []),
    ])
    for (const one of packages) users.set(one, [...(users.get(one) ?? []), name])
  }
  return users
}
