import { randomUUID } from 'node:crypto'
import type { PublishResult } from '@lathe/shared'
import { compile } from '../../compile/compile.ts'
import type { AppDoc, FunctionDoc, RevisionBody } from '../../mongo/documents.ts'
import { isConnectionLost } from '../../mongo/errors.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import type { SignedRequest } from '../../request-context.ts'
import { changeLive, msToLive } from './change-live.ts'
import { conflict } from './conflict.ts'
import {
  archive,
  nextRevision,
  notePublish,
  type Publication,
  type SeenDraft,
  swapped,
} from './next-revision.ts'
import { functionById } from './scope.ts'
import { unitOf } from './units.ts'
import { whenRuntimeReady } from './when-runtime-ready.ts'

const WRITE_TRIES = 5

/**
 * Makes a source the next revision of a function: compiled, loaded by every runtime of the app, written by one
 * compare-and-swap on the live revision, and swapped in.
 * @throws Refusal CONFLICT, COMPILE_ERROR, LOAD_ERROR, TOO_LARGE, RUNTIME_UNAVAILABLE: nothing was written
 */
export async function publishSource(
  request: SignedRequest,
  app: AppDoc,
  found: FunctionDoc,
  publication: Publication,
): Promise<PublishResult> {
  const { context, caller, arrivedAt } = request
  const { mongo, channels } = context
  const { source, baseRevision, draftOf } = publication
  if (found.liveRevision !== baseRevision) throw await conflict(mongo, found, source, baseRevision)
  const compiled = await compile(found.name, source)
  await whenRuntimeReady(context, app)
  return channels.exclusive(app._id, async () => {
    const doc = await functionById(mongo, app._id, found._id)
    if (doc.liveRevision !== baseRevision) throw await conflict(mongo, doc, source, baseRevision)
    const fresh = doc.name === found.name ? compiled : await compile(doc.name, source)
    const publishId = randomUUID()
    const live = nextRevision(publication, fresh, publishId, caller.name)
    const archived = archive(mongo, doc)
    archived.catch(() => {}) // awaited before the write
    const change = { publishId, set: [unitOf(doc, live)], removed: [] }
    const replicas = await changeLive(context, app._id, change, async () => {
      await archived
      await swap(mongo, doc, live, { version: found.draft.version, userId: draftOf })
    })
    const liveInMs = msToLive(replicas, arrivedAt)
    await notePublish(mongo, app._id, doc.name, live)
    return { revision: live.revision, liveInMs, replicas }
  })
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
