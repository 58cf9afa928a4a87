import { randomUUID } from 'node:crypto'
import type { PublishResult } from '@lathe/shared'
import { compile } from '../../compile/compile.ts'
import { sha256 } from '../../hash.ts'
import type { AppDoc, FunctionDoc, RevisionBody } from '../../mongo/documents.ts'
import { isConnectionLost, repeatable } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { SignedRequest } from '../../request-context.ts'
import { changeLive } from './change-live.ts'
import { conflict } from './conflict.ts'
import { functionById } from './scope.ts'
import { unitOf } from './units.ts'
import { whenRuntimeReady } from './when-runtime-ready.ts'

const WRITE_TRIES = 5

export interface Publication {
  source: string
  baseRevision: number
  note: string
  /** Whose draft becomes what is published; of anybody else, or with null, an unpublished text stays as it is. */
  draftOf: string | null
}

/**
 * Makes a source the next revision of a function: compiled, loaded by every runtime of the app, written by one
 * compare-and-swap on the live revision, and swapped in.
 * @throws Refusal CONFLICT, COMPILE_ERROR, LOAD_ERROR, TOO_LARGE, RUNTIME_UNAVAILABLE: nothing was written
 */
export async function publishSource(
  request: SignedRequest,
  app: AppDoc,
  found: FunctionDoc,
  { source, baseRevision, note, draftOf }: Publication,
): Promise<PublishResult> {
  const { context, caller, arrivedAt } = request
  const { mongo, channels } = context
  if (found.liveRevision !== baseRevision) throw await conflict(mongo, found, source, baseRevision)
  const compiled = await compile(found.name, source)
  await whenRuntimeReady(context, app)
  return channels.exclusive(app._id, async () => {
    const doc = await functionById(mongo, app._id, found._id)
    if (doc.liveRevision !== baseRevision) throw await conflict(mongo, doc, source, baseRevision)
    const fresh = doc.name === found.name ? compiled : await compile(doc.name, source)
    const publishId = randomUUID()
    const live: RevisionBody = {
      ...fresh,
      revision: baseRevision + 1,
      source,
      sha256: sha256(source),
      publishId,
      author: caller.name,
      createdAt: new Date(),
      note,
    }
    const archived = archive(mongo, doc)
    archived.catch(() => {}) // awaited before the write
    const change = { publishId, set: [unitOf(doc, live)], removed: [] }
    const replicas = await changeLive(context, app._id, change, async () => {
      await archived
      await swap(mongo, doc, live, { version: found.draft.version, userId: draftOf })
    })
    const liveInMs = replicas.live > 0 ? performance.now() - arrivedAt : null
    await notePublish(mongo, app._id, doc.name, live)
    return { revision: live.revision, liveInMs: liveInMs && Math.round(liveInMs * 10) / 10, replicas }
  })
}

/** Copies the live revision to where superseded ones are kept, before another takes its place. Can be repeated. */
async function archive(mongo: Mongo, { _id, appid, live }: FunctionDoc): Promise<void> {
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
interface SeenDraft {
  version: number
  userId: string | null
}

/** The atomic step: one update that holds only while the live revision is still the one that was built on. */
async function swap(mongo: Mongo, first: FunctionDoc, live: RevisionBody, seen: SeenDraft): Promise<void> {
  let doc = first
  for (let tries = 0; tries < WRITE_TRIES; tries++) {
    try {
      const { matchedCount } = await mongo.functions.updateOne(
        {
          _id: doc._id,
          slot: doc.slot,
          liveRevision: live.revision - 1,
          'draft.version': doc.draft.version,
        },
        { $set: swapped(doc, live, seen) },
      )
      if (matchedCount === 1) return
    } catch (error) {
      if (!isConnectionLost(error)) throw error // else it may have been written: the next look tells
    }
    doc = await functionById(mongo, doc.appid, doc._id)
    if (doc.live?.publishId === live.publishId) return
    if (doc.liveRevision !== live.revision - 1)
      throw await conflict(mongo, doc, live.source, live.revision - 1)
  }
  throw new Error('the draft changes faster than it can be published')
}

/**
 * What the function becomes. No unpublished text is lost: somebody else's stays, with the revision it is based on, so
 * that publishing it asks for a merge; one's own that was saved since the request began stays, based on the new one.
 */
function swapped({ draft, draftDiffers }: FunctionDoc, live: RevisionBody, seen: SeenDraft) {
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

async function notePublish(
  mongo: Mongo,
  appid: string,
  functionName: string,
  live: RevisionBody,
): Promise<void> {
  const lastPublish = { at: live.createdAt, by: live.author, functionName, revision: live.revision }
  await repeatable(() => mongo.apps.updateOne({ _id: appid }, { $set: { lastPublish } }))
}
