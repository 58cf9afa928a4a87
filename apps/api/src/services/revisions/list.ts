import type { inputs, RevisionSummary } from '@lathe/shared'
import type { z } from 'zod'
import type { RevisionBody } from '../../mongo/documents.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { functionOf } from '../functions/scope.ts'
import { type RevisionHead, revisionSummary } from './view.ts'

const projection = { revision: 1, sha256: 1, author: 1, createdAt: 1, note: 1 } as const

/** A page of a function's revisions, the newest first. */
export async function listRevisions(
  request: SignedRequest,
  { appid, name, before = Number.MAX_SAFE_INTEGER, limit }: z.infer<typeof inputs.revisionsList>,
): Promise<RevisionSummary[]> {
  const { mongo } = request.context
  appOf(request, appid)
  const { _id, live, liveRevision } = await functionOf(mongo, appid, name)
  const heads: RevisionHead[] = live && liveRevision < before ? [live] : []
  // A crash between archiving and publishing leaves the live revision in both places.
  const below = Math.min(before, liveRevision)
  const archived = await mongo.revisions
    .find({ functionId: _id, revision: { $lt: below } })
    .project<Pick<RevisionBody, keyof typeof projection>>(projection)
    .sort({ revision: -1 })
    .limit(limit)
    .toArray()
  return [...heads, ...archived].slice(0, limit).map((head) => revisionSummary(head, liveRevision))
}
