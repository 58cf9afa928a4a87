import type { FiringView, TriggerView } from '@lathe/shared'
import type { FiringDoc, FunctionDoc, TriggerDoc } from '../../mongo/documents.ts'
import type { Mongo } from '../../mongo/mongo.ts'
import { openSchedule } from '../../triggers/schedule.ts'

const SHOWN_TICKS = 3

type Target = Pick<FunctionDoc, '_id' | 'name' | 'liveRevision' | 'deletedAt'>

/** Triggers as people see them, with the function they call, the ticks to come and the last firing. */
export async function triggerViews(mongo: Mongo, docs: TriggerDoc[]): Promise<TriggerView[]> {
  const ids = [...new Set(docs.map(({ functionId }) => functionId))]
  const [targets, lasts] = await Promise.all([
    mongo.functions
      .find({ _id: { $in: ids } })
      .project<Target>({ name: 1, liveRevision: 1, deletedAt: 1 })
      .toArray(),
    Promise.all(docs.map(({ _id }) => mongo.firings.findOne({ triggerId: _id }, { sort: { _id: -1 } }))),
  ])
  const byId = new Map(targets.map((target) => [target._id, target]))
  return docs.map((doc, index) => triggerView(doc, byId.get(doc.functionId), lasts[index] ?? null))
}

function triggerView(doc: TriggerDoc, target: Target | undefined, last: FiringDoc | null): TriggerView {
  const isThere = target && !target.deletedAt
  const { appid, cron, timeZone, enabled, missed, description, payload } = doc
  return {
    id: doc._id,
    appid,
    functionName: isThere ? target.name : doc.functionName,
    functionState: !isThere ? 'deleted' : target.liveRevision === 0 ? 'unpublished' : 'ok',
    cron,
    timeZone,
    enabled,
    missed,
    description,
    payload,
    nextRuns: enabled ? isoTicks(cron, timeZone) : [],
    last: last && firingView(last),
    createdAt: doc.createdAt.toISOString(),
    createdBy: doc.createdBy,
    updatedAt: doc.updatedAt.toISOString(),
    updatedBy: doc.updatedBy,
  }
}

function isoTicks(cron: string, timeZone: string): string[] {
  return openSchedule(cron, timeZone)
    .ticks(SHOWN_TICKS, new Date())
    .map((tick) => tick.toISOString())
}

export function firingView(doc: FiringDoc): FiringView {
  const { outcome, reason, cause, ticks, status, durationMs, requestId, by } = doc
  return {
    id: doc._id,
    dueAt: doc.dueAt.toISOString(),
    startedAt: doc.startedAt.toISOString(),
    outcome,
    reason,
    cause,
    ticks,
    status,
    durationMs,
    requestId,
    by,
  }
}
