import { randomUUID } from 'node:crypto'
import type { editingInputs, PublishManyResult } from '@lathe/shared'
import type { z } from 'zod'
import { type Compiled, compile } from '../../compile/compile.ts'
import type { FunctionDoc, RevisionBody } from '../../mongo/documents.ts'
import { inTransaction } from '../../mongo/in-transaction.ts'
import { notFound, Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { requirePassingTests } from '../tests/gate.ts'
import { changeLive, msToLive } from './change-live.ts'
import { conflict } from './conflict.ts'
import { draftConflict, isOvertaken } from './draft-conflict.ts'
import {
  archive,
  nextRevision,
  notePublish,
  type Publication,
  type SeenDraft,
  swapped,
} from './next-revision.ts'
import { functionById, functionOf, refuseTestFile } from './scope.ts'
import { unitOf } from './units.ts'
import { whenRuntimeReady } from './when-runtime-ready.ts'

interface Part {
  found: FunctionDoc
  publication: Publication
  compiled: Compiled
}

/**
 * Publishes several functions as one change: all of them or none. The runtimes load them together, one transaction
 * writes them, and one swap makes them live, so no request ever sees one without the others.
 * @throws Refusal CONFLICT, DRAFT_CONFLICT, COMPILE_ERROR, LOAD_ERROR, RUNTIME_UNAVAILABLE: nothing was written
 */
export async function publishMany(
  request: SignedRequest,
  { appid, functions, note = '' }: z.infer<typeof editingInputs.publishMany>,
): Promise<PublishManyResult> {
  const { context, caller, arrivedAt } = request
  const { mongo, channels } = context
  const app = livingAppOf(request, appid)
  const parts: Part[] = []
  for (const given of functions) {
    refuseTestFile(given.name)
    const found = await functionOf(mongo, appid, given.name)
    const source = given.source ?? found.draft.source
    if (found.liveRevision !== given.baseRevision)
      throw await conflict(mongo, found, source, given.baseRevision)
    if (isOvertaken(found.draft, source, given)) throw draftConflict(found, source)
    const publication = { source, baseRevision: given.baseRevision, note, draftOf: caller.userId }
    parts.push({ found, publication, compiled: await compiledPart(found.name, source) })
  }
  const sources = new Map(parts.map(({ found, publication }) => [found.name, publication.source]))
  await requirePassingTests(context, app, sources)
  await whenRuntimeReady(context, app)
  return channels.exclusive(appid, async () => {
    const publishId = randomUUID()
    const revisions: { doc: FunctionDoc; live: RevisionBody; seen: SeenDraft }[] = []
    for (const { found, publication, compiled } of parts) {
      const doc = await functionById(mongo, appid, found._id)
      if (doc.liveRevision !== publication.baseRevision)
        throw await conflict(mongo, doc, publication.source, publication.baseRevision)
      // Its name is in the compiled code's map, and in what was asked for.
      if (doc.name !== found.name) throw notFound('function', found.name)
      await archive(mongo, doc)
      const live = nextRevision(publication, compiled, publishId, caller.name)
      revisions.push({ doc, live, seen: { version: found.draft.version, userId: publication.draftOf } })
    }
    const set = revisions.map(({ doc, live }) => unitOf(doc, live))
    const replicas = await changeLive(context, appid, { publishId, set, removed: [] }, () =>
      inTransaction(mongo, async (session) => {
        for (const { doc, live, seen } of revisions) {
          const now = await mongo.functions.findOne({ _id: doc._id }, { session })
          if (!now || now.slot !== doc.slot) throw notFound('function', doc.name)
          if (now.liveRevision !== live.revision - 1)
            throw await conflict(mongo, now, live.source, live.revision - 1)
          await mongo.functions.updateOne({ _id: doc._id }, { $set: swapped(now, live, seen) }, { session })
        }
      }),
    )
    const liveInMs = msToLive(replicas, arrivedAt)
    const last = revisions.at(-1)
    if (last) await notePublish(mongo, appid, last.doc.name, last.live)
    return {
      functions: revisions.map(({ doc, live }) => ({ name: doc.name, revision: live.revision })),
      liveInMs,
      replicas,
    }
  })
}

async function compiledPart(name: string, source: string): Promise<Compiled> {
  try {
    return await compile(name, source)
  } catch (error) {
    if (!(error instanceof Refusal) || error.reason !== 'COMPILE_ERROR') throw error
    const { markers } = (error as Refusal<'COMPILE_ERROR'>).details
    throw new Refusal('COMPILE_ERROR', error.message, { markers, name })
  }
}
