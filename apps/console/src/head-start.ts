import { appQuery } from './data/apps.ts'
import { functionQuery, functionsQuery } from './data/functions.ts'
import { sessionQuery } from './data/session.ts'
import { teamsQuery } from './data/teams.ts'
import { queryClient } from './data/trpc.ts'
import { loadEditor } from './editor/load.ts'
import { withMessages } from './i18n/i18n.ts'
import { loadCodeFont } from './lib/code-font.ts'

/**
 * Who opens a function's address waits for the session, then for the workspace, then for Monaco, then for the
 * source; who opens the dashboard for the session, then for his teams: all of them are asked for at once instead.
 */
export function headStart(path: string): void {
  if (path === '/' || /^\/apps\/?$/.test(path)) {
    void import('./features/apps/apps-page.tsx')
    void queryClient.prefetchQuery(sessionQuery)
    void queryClient.prefetchQuery(teamsQuery())
  }
  const [, appid, name] = /^\/apps\/([^/]+)\/functions(?:\/(.+))?$/.exec(path) ?? []
  if (!appid) return
  void queryClient.prefetchQuery(sessionQuery)
  void import('./features/apps/app-layout.tsx')
  void withMessages(() => import('./features/workspace/workspace-page.tsx'))()
  void loadEditor()
  void loadCodeFont()
  void queryClient.prefetchQuery(appQuery(appid))
  void queryClient.prefetchQuery(functionsQuery(appid))
  if (name) void queryClient.prefetchQuery(functionQuery(appid, decodeURIComponent(name)))
}
