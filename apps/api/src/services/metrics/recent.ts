import type { metricsInputs, RecentMetrics } from '@lathe/shared'
import type { z } from 'zod'
import { appsOf, memberships } from '../../auth/memberships.ts'
import { bucketId, startOf, WHOLE_APP } from '../../metrics/buckets.ts'
import type { MetricsDoc } from '../../mongo/observed.ts'
import { notFound } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { firstMinute, lastHour } from './last-hour.ts'

/** The last hour of all apps of the caller's teams (or of one team) that had requests: one query for all of them. */
export async function recentMetrics(
  { context: { mongo }, caller }: SignedRequest,
  input: z.infer<typeof metricsInputs.recent>,
): Promise<RecentMetrics[]> {
  const all = (await memberships(mongo, caller)).map(({ teamId }) => teamId)
  const wanted = input?.teamId
  if (wanted !== undefined && !all.includes(wanted)) throw notFound('team', wanted)
  const teams = wanted === undefined ? all : [wanted]
  const apps = await mongo.apps
    .find({ teamId: { $in: teams }, ...appsOf(caller) })
    .project<{ _id: string }>({ _id: 1 })
    .toArray()
  const now = Date.now()
  const hours = [...new Set([startOf('hour', firstMinute(now)), startOf('hour', now)])]
  const docs = await mongo.metrics
    .find({
      _id: { $in: apps.flatMap(({ _id }) => hours.map((hour) => bucketId(_id, 'hour', hour, WHOLE_APP))) },
    })
    .project<Pick<MetricsDoc, 'appid' | 'at' | 'minutes'>>({ appid: 1, at: 1, minutes: 1 })
    .toArray()
  const byApp = Map.groupBy(docs, ({ appid }) => appid)
  return [...byApp].map(([appid, own]) => ({ appid, ...lastHour(own, now) }))
}
