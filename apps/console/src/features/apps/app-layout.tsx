import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet } from '@tanstack/react-router'
import { ErrorView } from '../../components/error-view.tsx'
import { Rail } from '../../components/shell/rail.tsx'
import { Frame } from '../../components/shell/top-bar.tsx'
import { appQuery } from '../../data/apps.ts'
import { useFollowPresence } from '../../data/presence.ts'
import { t } from '../../i18n/i18n.ts'

const route = getRouteApi('/_signed/apps/$appid')

/** What stays while one walks through an app's pages. */
export function AppLayout() {
  const { appid } = route.useParams()
  const app = useQuery(appQuery(appid))
  useFollowPresence(appid)
  return (
    <Frame app={app.data}>
      {app.error && !app.data ? (
        <main className="h-full">
          <ErrorView what={t('app.failed', { appid })} error={app.error} onRetry={() => void app.refetch()} />
        </main>
      ) : (
        <div className="flex h-full">
          <Rail appid={appid} />
          <div className="min-w-0 grow">
            <Outlet />
          </div>
        </div>
      )}
    </Frame>
  )
}
