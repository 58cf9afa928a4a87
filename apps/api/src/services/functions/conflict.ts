import type { FunctionDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { Refusal } from '../../refusal.ts'

/** Refuses a change that is based on another revision than the live one, with all that a three-way merge needs. */
export async function conflict(
  mongo: Mongo,
  doc: FunctionDoc,
  yours: string,
  baseRevision: number,
): Promise<Refusal<'CONFLICT'>> {
  const { live, liveRevision } = doc
  const base =
    baseRevision > 0 && baseRevision !== liveRevision
      ? await mongo.revisions.findOne({ functionId: doc._id, revision: baseRevision })
      : null
  const who = live?.author ?? 'Somebody'
  return new Refusal(
    'CONFLICT',
    `${who} published revision ${liveRevision} of ${doc.name} meanwhile; yours is based on ${baseRevision}. Nothing was written.`,
    {
      name: doc.name,
      baseRevision,
      liveRevision,
      yours,
      theirs: live?.source ?? '',
      base: base?.source ?? null,
      author: live?.author ?? null,
    },
  )
}
