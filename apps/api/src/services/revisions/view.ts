import type { RevisionSummary } from '@lathe/shared'
import type { FunctionDoc, RevisionBody } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { notFound } from '../../refusal.ts'

export type RevisionHead = Pick<RevisionBody, 'revision' | 'sha256' | 'author' | 'createdAt' | 'note'>

export function revisionSummary(head: RevisionHead, liveRevision: number): RevisionSummary {
  const { revision, sha256, author, createdAt, note } = head
  return {
    revision,
    sha256,
    author,
    createdAt: createdAt.toISOString(),
    note,
    live: revision === liveRevision,
  }
}

/** A revision of a function, the live one included. */
export async function revisionOf(mongo: Mongo, doc: FunctionDoc, revision: number): Promise<RevisionBody> {
  if (doc.live?.revision === revision) return doc.live
  const found = await mongo.revisions.findOne({ functionId: doc._id, revision })
  if (!found || revision > doc.liveRevision) throw notFound('revision', String(revision))
  return found
}
