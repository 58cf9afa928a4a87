import { COMMENTS_MAX, type CommentView, type commentInputs } from '@lathe/shared'
import { ObjectId } from 'mongodb'
import type { z } from 'zod'
import type { CommentDoc } from '../../mongo/documents.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { appOf } from '../apps/scope.ts'
import { functionOf } from '../functions/scope.ts'
import { revisionOf } from '../revisions/view.ts'

/** What was said about a revision, the oldest first. */
export async function listComments(
  request: SignedRequest,
  { appid, name, revision }: z.infer<typeof commentInputs.list>,
): Promise<CommentView[]> {
  const { mongo } = request.context
  appOf(request, appid)
  const { _id: functionId } = await functionOf(mongo, appid, name)
  const found = await mongo.comments
    .find({ functionId, revision })
    .sort({ _id: 1 })
    .limit(COMMENTS_MAX)
    .toArray()
  return found.map((doc) => commentView(request, doc))
}

export async function addComment(
  request: SignedRequest,
  { appid, name, revision, text }: z.infer<typeof commentInputs.add>,
): Promise<CommentView> {
  const { mongo } = request.context
  appOf(request, appid)
  const fn = await functionOf(mongo, appid, name)
  await revisionOf(mongo, fn, revision)
  const { _id: functionId } = fn
  if ((await mongo.comments.countDocuments({ functionId, revision })) >= COMMENTS_MAX) {
    const message = `A revision takes ${COMMENTS_MAX} comments.`
    throw new Refusal('LIMIT_REACHED', message, { limit: COMMENTS_MAX })
  }
  const doc: CommentDoc = {
    _id: new ObjectId().toHexString(),
    appid,
    functionId,
    revision,
    userId: request.caller.userId,
    who: request.caller.name,
    text,
    createdAt: new Date(),
    editedAt: null,
  }
  await mongo.comments.insertOne(doc)
  return commentView(request, doc)
}

export async function editComment(
  request: SignedRequest,
  { appid, id, text }: z.infer<typeof commentInputs.edit>,
): Promise<CommentView> {
  const found = await request.context.mongo.comments.findOneAndUpdate(
    own(request, appid, id),
    { $set: { text, editedAt: new Date() } },
    { returnDocument: 'after' },
  )
  if (!found) throw notFound('comment', id)
  return commentView(request, found)
}

export async function deleteComment(
  request: SignedRequest,
  { appid, id }: z.infer<typeof commentInputs.delete>,
): Promise<{ id: string }> {
  const { deletedCount } = await request.context.mongo.comments.deleteOne(own(request, appid, id))
  if (deletedCount === 0) throw notFound('comment', id)
  return { id }
}

/** What others wrote is theirs, whatever one's role. */
function own(request: SignedRequest, appid: string, id: string) {
  appOf(request, appid)
  return { _id: id, appid, userId: request.caller.userId }
}

function commentView({ caller }: SignedRequest, doc: CommentDoc): CommentView {
  return {
    id: doc._id,
    who: doc.who,
    own: doc.userId === caller.userId,
    text: doc.text,
    createdAt: doc.createdAt.toISOString(),
    editedAt: doc.editedAt?.toISOString() ?? null,
  }
}
