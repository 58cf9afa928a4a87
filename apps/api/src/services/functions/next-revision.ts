import type { Compiled } from '../../compile/compile.ts'
import { sha256 } from '../../hash.ts'
import type { FunctionDoc, RevisionBody } from '../../mongo/documents.ts'
import { repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'

/** A source that is to be the next revision of a function. */
export interface Publication {
  source: string
  baseRevision: number
  note: string
  /** Whose draft becomes what is published; of anybody else, or with null, an unpublished text stays as it is. */
  draftOf: string | null
}

export function nextRevision(
  { source, baseRevision, note }: Publication,
  compiled: Compiled,
  publishId: string,
  author: string,
): RevisionBody {
  return {
    ...compiled,
    revision: baseRevision + 1,
    source,
    sha256: sha256(source),
    publishId,
    author,
    createdAt: new Date(),
    note,
  }
}

/** Copies the live revision to where superseded ones are kept, before another takes its place. Can be repeated. */
export async function archive(mongo: Mongo, { _id, appid, live }: FunctionDoc): Promise<void> {
  if (!live) return
  await repeatable(() =>
    mongo.revisions.updateOne(
      { functionId: _id, revision: live.revision },
      { $setOnInsert: { ...live, _id: `${_id}:${live.revision}`, appid } },
      { upsert: true },
    ),
  )
}

/** The draft that the publisher saw when the request began. */
export interface SeenDraft {
  version: number
  userId: string | null
}

/**
 * What the function becomes. No unpublished text is lost: somebody else's stays, with the revision it is based on, so
 * that publishing it asks for a merge; one's own that was saved since the request began stays, based on the new one.
 */
export function swapped({ draft, draftDiffers }: FunctionDoc, live: RevisionBody, seen: SeenDraft) {
  const { revision, createdAt, source } = live
  const base = { live, liveRevision: revision, updatedAt: createdAt, draftDiffers: draft.source !== source }
  if (draft.source === source) return { ...base, 'draft.baseRevision': revision }
  if (draftDiffers && draft.userId !== seen.userId) return base
  if (draft.version !== seen.version) return { ...base, 'draft.baseRevision': revision }
  return {
    ...base,
    draftDiffers: false,
    'draft.source': source,
    'draft.baseRevision': revision,
    'draft.updatedAt': createdAt,
    'draft.updatedBy': live.author,
  }
}

export async function notePublish(
  mongo: Mongo,
  appid: string,
  functionName: string,
  live: RevisionBody,
): Promise<void> {
  const lastPublish = { at: live.createdAt, by: live.author, functionName, revision: live.revision }
  await repeatable(() => mongo.apps.updateOne({ _id: appid }, { $set: { lastPublish } }))
}
