import { getRouteApi } from '@tanstack/react-router'
import { Boxes, Plus } from 'lucide-react'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { useCommand } from '../../commands/registry.ts'
import { ErrorView } from '../../components/error-view.tsx'
import { Frame } from '../../components/shell/top-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { useBoard, useFollowDashboard } from '../../data/dashboard.ts'
import { useTeam } from '../../data/teams.ts'
import { loadEditor, preloadEditor } from '../../editor/load.ts'
import { t, withMessages } from '../../i18n/i18n.ts'
import { useDashboardChoices } from '../../stores/dashboard.ts'
import { AppCards } from './app-cards.tsx'
import { AppsToolbar } from './apps-toolbar.tsx'
import { type AppState, selectApps } from './select-apps.ts'
import { TeamGlance } from './team-glance.tsx'

const route = getRouteApi('/_signed/apps')
const AppTable = lazy(() => import('./app-table.tsx').then((m) => ({ default: m.AppTable })))
const loadDialog = () => import('./new-app-dialog.tsx')
const NewAppDialog = lazy(withMessages(() => loadDialog().then((m) => ({ default: m.NewAppDialog }))))

/** The team's dashboard: its apps at a glance, as they are now. */
export function AppsPage() {
  const { q = '', sort = 'recent', state } = route.useSearch()
  const team = useTeam()
  useFollowDashboard(team?.id)
  const board = useBoard()
  const { look, pinned } = useDashboardChoices()
  const [creating, setCreating] = useState(false)
  const isKnown = board.teamId !== null && board.teamId === team?.id
  const shown = useMemo(
    () => selectApps(board.apps, { query: q, sort, state, pinned }),
    [board.apps, q, sort, state, pinned],
  )
  const mayCreate = team?.role !== 'viewer'
  useCommand('app.new', () => setCreating(true), mayCreate)
  useEffect(() => (isKnown ? preloadWorkspace() : undefined), [isKnown])

  return (
    <Frame>
      <title>{`${t('apps.title')} · Lathe`}</title>
      <main className="h-full overflow-y-auto">
        <div className="mx-auto flex max-w-[1120px] flex-col gap-4 px-6 py-6 max-wide:px-4 wall:max-w-none">
          <div className="flex flex-wrap items-center gap-2">
            <h1 className="mr-2 text-page font-semibold">{t('apps.title')}</h1>
            {isKnown && !board.live && (
              <span role="status" className="text-small text-warn">
                {t('apps.notLive')}
              </span>
            )}
            <div className="grow" />
            {board.apps.length > 0 && <AppsToolbar />}
            {mayCreate && (
              <Button look="solid" icon={<Plus size={14} aria-hidden />} onClick={() => setCreating(true)}>
                {t('apps.new')}
              </Button>
            )}
          </div>
          {!isKnown && !board.error && <CardSkeletons />}
          {!isKnown && board.error !== null && (
            <ErrorView what={t('apps.failed')} error={board.error} onRetry={() => location.reload()} />
          )}
          {isKnown && board.apps.length === 0 && (
            <Empty icon={<Boxes size={18} />} title={t('apps.emptyTitle')} text={t('apps.emptyText')}>
              {mayCreate && <Button onClick={() => setCreating(true)}>{t('apps.emptyAction')}</Button>}
            </Empty>
          )}
          {isKnown && board.apps.length > 0 && (
            <>
              <TeamGlance board={board} />
              {shown.length === 0 ? (
                <NoneFound q={q} state={state} />
              ) : look === 'table' ? (
                <Suspense>
                  <AppTable apps={shown} pinned={pinned} />
                </Suspense>
              ) : (
                <AppCards apps={shown} pinned={pinned} people={board.people} />
              )}
            </>
          )}
        </div>
      </main>
      <Suspense>{creating && <NewAppDialog open onOpenChange={setCreating} />}</Suspense>
    </Frame>
  )
}

/** The next click is most likely an app: its workspace and Monaco come once the page stands and nothing else is asked for. */
function preloadWorkspace(): () => void {
  const handle = requestIdleCallback(
    () => {
      void loadDialog()
      void import('../workspace/workspace-page.tsx')
      void preloadEditor()
      void loadEditor()
    },
    { timeout: 4000 },
  )
  return () => cancelIdleCallback(handle)
}

function NoneFound({ q, state }: { q: string; state: AppState | undefined }) {
  const phase = state === 'errors' ? t('apps.stateErrors') : state && t(`phase.${state}`)
  return (
    <Empty
      title={phase && !q ? t('apps.noneInState', { phase }) : t('apps.noneFound', { q })}
      text={t('apps.noneFoundText')}
    />
  )
}

function CardSkeletons() {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(310px,1fr))] gap-3">
      {['a', 'b', 'c'].map((key) => (
        <Skeleton key={key} className="h-[168px]" />
      ))}
    </div>
  )
}
