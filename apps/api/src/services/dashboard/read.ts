import type {
  AppView,
  DashboardActivity,
  DashboardApp,
  DashboardFunction,
  DashboardPerson,
} from '@lathe/shared'
import type { Context } from '../../context.ts'
import { lengthMs, startOf, WHOLE_APP } from '../../metrics/buckets.ts'
import type { MetricsDoc } from '../../mongo/observed.ts'
import { appView } from '../apps/view.ts'
import { lastHour } from '../metrics/last-hour.ts'
import { addDoc, emptySum, type Sum, statsOf } from '../metrics/stats.ts'

const TOP = 8
const RECENT = 30
/** Above what a team has, so that each query is one round trip. */
const WHOLE = 5_000

/** All that a team's dashboard shows. */
export interface TeamLook {
  apps: Map<string, DashboardApp>
  failing: DashboardFunction[]
  slow: DashboardFunction[]
  p95: number | null
  people: DashboardPerson[]
  activity: DashboardActivity[]
}

type Hour = Pick<
  MetricsDoc,
  'appid' | 'functionName' | 'at' | 'requests' | 'errors' | 'clientErrors' | 'latency' | 'minutes'
>

/** Reads a team by five queries, however many apps it has. */
export async function readTeam(
  context: Pick<Context, 'mongo' | 'channels' | 'env'>,
  teamId: string,
): Promise<TeamLook> {
  const { mongo } = context
  const now = Date.now()
  const docs = await mongo.apps.find({ teamId }).batchSize(WHOLE).toArray()
  const appids = docs.map(({ _id }) => _id)
  const since = new Date(startOf('hour', now - lengthMs.hour))
  const [hours, disks, people, audit] = await Promise.all([
    mongo.metrics
      .find({ appid: { $in: appids }, resolution: 'hour', at: { $gte: since } })
      .project<Hour>({
        appid: 1,
        functionName: 1,
        at: 1,
        requests: 1,
        errors: 1,
        clientErrors: 1,
        latency: 1,
        minutes: 1,
      })
      .batchSize(WHOLE)
      .toArray(),
    mongo.dependencies
      .find({ _id: { $in: appids } })
      .project<{ _id: string; totalBytes: number }>({ totalBytes: 1 })
      .batchSize(WHOLE)
      .toArray(),
    mongo.presence
      .find({ appid: { $in: appids }, expiresAt: { $gt: new Date(now) } })
      .sort({ _id: 1 })
      .batchSize(WHOLE)
      .toArray(),
    mongo.audit.find({ teamId, outcome: 'ok' }).sort({ _id: -1 }).limit(RECENT).toArray(),
  ])
  const ofApps = new Map<string, Hour[]>()
  const ofFunctions = new Map<string, { appid: string; functionName: string; sum: Sum }>()
  const all = emptySum()
  for (const hour of hours) {
    if (hour.functionName === WHOLE_APP) {
      addDoc(all, hour)
      ofApps.set(hour.appid, [...(ofApps.get(hour.appid) ?? []), hour])
      continue
    }
    const key = `${hour.appid}/${hour.functionName}`
    const found = ofFunctions.get(key) ?? {
      appid: hour.appid,
      functionName: hour.functionName,
      sum: emptySum(),
    }
    ofFunctions.set(key, found)
    addDoc(found.sum, hour)
  }
  const bytes = new Map(disks.map(({ _id, totalBytes }) => [_id, totalBytes]))
  const functions = [...ofFunctions.values()].map(({ appid, functionName, sum }) => {
    const { requests, errors, p95 } = statsOf(sum)
    return { appid, functionName, requests, errors, p95 }
  })
  return {
    apps: new Map(
      docs.map((doc) => [
        doc._id,
        atAGlance(appView(context, doc), ofApps.get(doc._id) ?? [], bytes.get(doc._id) ?? 0, now),
      ]),
    ),
    failing: functions
      .filter(({ errors }) => errors > 0)
      .sort((a, b) => b.errors - a.errors)
      .slice(0, TOP),
    slow: functions
      .filter(({ p95 }) => p95 !== null)
      .sort((a, b) => (b.p95 ?? 0) - (a.p95 ?? 0))
      .slice(0, TOP),
    p95: statsOf(all).p95,
    people: people.map(({ who, appid, functionName }) => ({ who, appid, functionName })),
    activity: audit.map(({ _id, at, who, action, appid, target }) => ({
      id: _id,
      at: at.toISOString(),
      who,
      action,
      appid,
      target: target.name ?? target.functionName ?? target.email ?? '',
    })),
  }
}

function atAGlance(app: AppView, hours: Hour[], packageBytes: number, now: number): DashboardApp {
  const { appid, name, phase, phaseError, url, functionCount, lastPublish, isolation, lastTests, createdAt } =
    app
  const sum = emptySum()
  for (const hour of hours) addDoc(sum, hour)
  const { requests, errors } = lastHour(hours, now)
  const isQuiet = requests.every((count) => count === 0)
  return {
    appid,
    name,
    phase,
    phaseError,
    url,
    functionCount,
    lastPublish,
    isolation,
    lastTests,
    createdAt,
    requests: isQuiet ? [] : requests,
    errors: isQuiet ? [] : errors,
    p95: statsOf(sum).p95,
    packageBytes,
  }
}
