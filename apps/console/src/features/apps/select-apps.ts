import type { AppView } from '@lathe/shared'

export type AppSort = 'recent' | 'name' | 'created'
export const shownStates = ['running', 'sleeping', 'stopped', 'failed'] as const
export type ShownState = (typeof shownStates)[number]

interface Selection {
  q?: string | undefined
  sort?: AppSort | undefined
  state?: ShownState | undefined
}

/** The apps in a state that a search finds (by name, appid or address), in the wanted order. */
export function selectApps(apps: AppView[], { q = '', sort = 'recent', state }: Selection): AppView[] {
  const query = q.trim().toLowerCase()
  const found = apps
    .filter((app) => state === undefined || app.phase === state)
    .filter((app) => [app.name, app.appid, app.url].some((s) => s.toLowerCase().includes(query)))
  const byName = (a: AppView, b: AppView) => a.name.localeCompare(b.name) || a.appid.localeCompare(b.appid)
  const touched = (app: AppView) => app.lastPublish?.at ?? app.createdAt
  switch (sort) {
    case 'name':
      return found.sort(byName)
    case 'created':
      return found.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || byName(a, b))
    case 'recent':
      return found.sort((a, b) => touched(b).localeCompare(touched(a)) || byName(a, b))
  }
}
