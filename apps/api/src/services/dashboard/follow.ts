import type { DashboardApp, DashboardEvent } from '@lathe/shared'
import type { SignedRequest } from '../../request-context.ts'
import { teamOf } from '../teams/scope.ts'
import type { TeamLook } from './read.ts'

const PARTS = ['failing', 'slow', 'p95', 'people', 'activity'] as const

/** The team at a glance: all of it first, then what changes, as it changes. */
export async function* followDashboard(
  request: SignedRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<DashboardEvent, void> {
  const told = new Map<string, string>()
  for await (const look of request.context.teams.follow(teamOf(request), signal)) {
    const isFirst = told.size === 0
    const event = changesOf(look, told)
    if (isFirst || event.apps.length + event.gone.length > 0 || PARTS.some((part) => part in event))
      yield event
  }
}

/** What of a look was not told yet; marks it as told. */
function changesOf(look: TeamLook, told: Map<string, string>): DashboardEvent {
  const isNew = (key: string, value: unknown) => {
    const text = JSON.stringify(value)
    if (told.get(key) === text) return false
    told.set(key, text)
    return true
  }
  const apps: DashboardApp[] = [...look.apps.values()].filter((app) => isNew(`app:${app.appid}`, app))
  const gone: string[] = []
  for (const key of told.keys()) {
    const [, appid] = key.split('app:')
    if (appid === undefined || look.apps.has(appid)) continue
    gone.push(appid)
    told.delete(key)
  }
  const event: DashboardEvent = { apps, gone }
  for (const part of PARTS) if (isNew(part, look[part])) Object.assign(event, { [part]: look[part] })
  return event
}
