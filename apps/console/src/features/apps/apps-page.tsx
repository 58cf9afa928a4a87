import type { AppView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Boxes, Plus, Search } from 'lucide-react'
import { type KeyboardEvent, lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { useCommand } from '../../commands/registry.ts'
import { ErrorView } from '../../components/error-view.tsx'
import { Frame } from '../../components/shell/top-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { Select } from '../../components/ui/select.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { appsQuery } from '../../data/apps.ts'
import { loadEditor, preloadEditor } from '../../editor/load.ts'
import { t } from '../../i18n/i18n.ts'
import { AppCard } from './app-card.tsx'
import { type AppSort, type ShownState, selectApps, shownStates } from './select-apps.ts'

const route = getRouteApi('/_signed/apps')
const loadDialog = () => import('./new-app-dialog.tsx')
const NewAppDialog = lazy(() => loadDialog().then((m) => ({ default: m.NewAppDialog })))

export function AppsPage() {
  const { q, sort, state } = route.useSearch()
  const navigate = route.useNavigate()
  const apps = useQuery(appsQuery())
  const [creating, setCreating] = useState(false)
  const shown = useMemo(() => selectApps(apps.data ?? [], { q, sort, state }), [apps.data, q, sort, state])
  const grid = useRef<HTMLUListElement>(null)
  useCommand('app.new', () => setCreating(true))
  useEffect(preloadWorkspace, [])

  return (
    <Frame>
      <title>{`${t('apps.title')} · Lathe`}</title>
      <main className="h-full overflow-y-auto">
        <div className="mx-auto flex max-w-[1120px] flex-col gap-4 px-6 py-6">
          <div className="flex flex-wrap items-center gap-2">
            <h1 className="mr-2 text-page font-semibold">{t('apps.title')}</h1>
            <div className="grow" />
            {apps.data?.length !== 0 && (
              <>
                <label className="relative w-60 shrink">
                  <span className="sr-only">{t('apps.search')}</span>
                  <Search size={14} aria-hidden className="absolute top-[9px] left-2.5 text-subtle" />
                  <input
                    type="search"
                    value={q ?? ''}
                    placeholder={t('apps.search')}
                    onChange={(e) =>
                      void navigate({
                        search: (s) => ({ ...s, q: e.target.value || undefined }),
                        replace: true,
                      })
                    }
                    className="h-8 w-full rounded-control border border-control bg-bg pr-2.5 pl-8 text-ui"
                  />
                </label>
                <Select
                  aria-label={t('apps.state')}
                  className="w-32"
                  value={state ?? ''}
                  onChange={(e) =>
                    void navigate({
                      search: (s) => ({
                        ...s,
                        state: (e.target.value || undefined) as ShownState | undefined,
                      }),
                      replace: true,
                    })
                  }
                >
                  <option value="">{t('apps.stateAll')}</option>
                  {shownStates.map((one) => (
                    <option key={one} value={one}>
                      {t(`phase.${one}`)}
                    </option>
                  ))}
                </Select>
                <Select
                  aria-label={t('apps.sort')}
                  className="w-36"
                  value={sort ?? 'recent'}
                  onChange={(e) =>
                    void navigate({
                      search: (s) => ({ ...s, sort: e.target.value as AppSort }),
                      replace: true,
                    })
                  }
                >
                  <option value="recent">{t('apps.sortRecent')}</option>
                  <option value="name">{t('apps.sortName')}</option>
                  <option value="created">{t('apps.sortCreated')}</option>
                </Select>
              </>
            )}
            <Button look="solid" icon={<Plus size={14} aria-hidden />} onClick={() => setCreating(true)}>
              {t('apps.new')}
            </Button>
          </div>

          {apps.isPending && <CardSkeletons />}
          {apps.error && !apps.data && (
            <ErrorView what={t('apps.failed')} error={apps.error} onRetry={() => void apps.refetch()} />
          )}
          {apps.data?.length === 0 && (
            <Empty icon={<Boxes size={18} />} title={t('apps.emptyTitle')} text={t('apps.emptyText')}>
              <Button onClick={() => setCreating(true)}>{t('apps.emptyAction')}</Button>
            </Empty>
          )}
          {apps.data && apps.data.length > 0 && shown.length === 0 && (
            <Empty
              title={
                state && !q
                  ? t('apps.noneInState', { phase: t(`phase.${state}`) })
                  : t('apps.noneFound', { q: q ?? '' })
              }
              text={t('apps.noneFoundText')}
            />
          )}
          <ul
            ref={grid}
            aria-label={t('apps.title')}
            onKeyDown={(event) => moveInGrid(event, grid.current)}
            className="grid grid-cols-[repeat(auto-fill,minmax(310px,1fr))] gap-3"
          >
            {shown.map((app: AppView) => (
              <AppCard key={app.appid} app={app} />
            ))}
          </ul>
        </div>
      </main>
      <Suspense>{creating && <NewAppDialog open onOpenChange={setCreating} />}</Suspense>
    </Frame>
  )
}

/** The next click is most likely an app: its workspace and Monaco come while nothing else is asked for. */
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

function CardSkeletons() {
  return (
    <div className="grid grid-cols-[repeat(auto-fill,minmax(310px,1fr))] gap-3">
      {['a', 'b', 'c'].map((key) => (
        <Skeleton key={key} className="h-[152px]" />
      ))}
    </div>
  )
}

/** Arrow keys walk through the cards; Tab does too. */
function moveInGrid(event: KeyboardEvent, grid: HTMLElement | null): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  if (!step || !grid) return
  const links = [...grid.querySelectorAll<HTMLElement>('[data-card]')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus()
}
