import type { DashboardApp } from '@lathe/shared'

export const sorts = ['recent', 'name', 'created', 'requests', 'errors', 'p95', 'disk'] as const
export type AppSort = (typeof sorts)[number]
export const states = ['running', 'sleeping', 'stopped', 'failed', 'errors'] as const
export type AppState = (typeof states)[number]

export function sum(numbers: number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

const byName = (a: DashboardApp, b: DashboardApp) =>
  a.name.localeCompare(b.name) || a.appid.localeCompare(b.appid)
const touched = (app: DashboardApp) => app.lastPublish?.at ?? app.createdAt

const orders: Record<AppSort, (a: DashboardApp, b: DashboardApp) => number> = {
  name: byName,
  created: (a, b) => b.createdAt.localeCompare(a.createdAt),
  recent: (a, b) => touched(b).localeCompare(touched(a)),
  requests: (a, b) => sum(b.requests) - sum(a.requests),
  errors: (a, b) => sum(b.errors) - sum(a.errors),
  p95: (a, b) => (b.p95 ?? -1) - (a.p95 ?? -1),
  disk: (a, b) => b.packageBytes - a.packageBytes,
}

function isIn(app: DashboardApp, state: AppState): boolean {
  return state === 'errors' ? sum(app.errors) > 0 : app.phase === state
}

/** The apps that a search finds (by name, appid or address) and that are in a state, pinned ones first, in the wanted order. */
export function selectApps(
  apps: DashboardApp[],
  {
    query,
    sort,
    state,
    pinned,
  }: { query: string; sort: AppSort; state: AppState | undefined; pinned: string[] },
): DashboardApp[] {
  const q = query.trim().toLowerCase()
  const isFirst = new Set(pinned)
  return apps
    .filter((app) => [app.name, app.appid, app.url].some((s) => s.toLowerCase().includes(q)))
    .filter((app) => state === undefined || isIn(app, state))
    .sort(
      (a, b) =>
        Number(isFirst.has(b.appid)) - Number(isFirst.has(a.appid)) || orders[sort](a, b) || byName(a, b),
    )
}
