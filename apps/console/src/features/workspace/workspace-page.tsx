import { isTestFile } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { UploadCloud } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { canRun, runCommand, useCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { TopActions } from '../../components/shell/top-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { appQuery } from '../../data/apps.ts'
import { functionsQuery } from '../../data/functions.ts'
import { useSayPlace } from '../../data/presence.ts'
import { t } from '../../i18n/i18n.ts'
import { useMedia } from '../../lib/use-media.ts'
import { useDrafts } from '../../stores/drafts.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { useToasts } from '../../stores/overlays.ts'
import { useTests } from '../../stores/tests.ts'
import { useWorkspace, workspaceActions } from '../../stores/workspace.ts'
import { useDebugCommands } from '../debug/debug-controls.tsx'
import { stopSession } from '../debug/session.ts'
import type { Place } from '../run/places.ts'
import { Panes, type WorkspaceView } from './panes.tsx'
import { StatusBar } from './status-bar.tsx'
import { WorkspaceDialogs } from './workspace-dialogs.tsx'

/** The workspace of one app: it stays while one walks from function to function. */
export function WorkspacePage() {
  const { appid = '', _splat } = useParams({ strict: false })
  const { case: meantCase } = useSearch({ strict: false })
  const name = _splat || undefined
  const navigate = useNavigate()
  const { data: app } = useQuery(appQuery(appid))
  const list = useQuery(functionsQuery(appid))
  const names = useMemo(() => new Set(list.data?.map((fn) => fn.name)), [list.data])
  const narrow = useMedia('(max-width: 899px)')
  const publishing = useDrafts((s) => name !== undefined && s.publish[name]?.kind === 'publishing')
  const editorReady = useEditorBridge((s) => s.ready)

  const open = (next: string, place?: { line: number; column: number }) => {
    workspaceActions.showPane('editor')
    void navigate({
      to: '/apps/$appid/functions/$',
      params: { appid, _splat: next },
      search: place ? { line: place.line, column: place.column } : {},
    })
  }
  const leave = (next: string | undefined) =>
    next ? open(next) : void navigate({ to: '/apps/$appid/functions', params: { appid } })
  const gone = (old: string) => {
    const next = workspaceActions.close(appid, old)
    if (old === name) leave(next)
  }

  useSayPlace(appid, name)
  useEffect(() => useToasts.setState({ wanted: true }), [])
  useEffect(() => {
    if (name) workspaceActions.open(appid, name)
  }, [appid, name])
  // Without a name in the address: where one was, else the first function.
  useEffect(() => {
    if (name || !list.data || list.data.length === 0) return
    const { last } = useWorkspace.getState()
    const known = last[appid]
    const next = known && names.has(known) ? known : list.data.map((fn) => fn.name).sort()[0]
    if (next) {
      void navigate({ to: '/apps/$appid/functions/$', params: { appid, _splat: next }, replace: true })
    }
  }, [appid, name, list.data, names, navigate])
  useEffect(() => {
    if (list.data && !list.isFetching) workspaceActions.prune(appid, [...names])
  }, [appid, names, list.data, list.isFetching])

  useEffect(() => {
    if (meantCase === undefined) return
    useTests.setState({ selected: meantCase })
    workspaceActions.showDrawer('tests')
  }, [meantCase])

  useDebugCommands()
  useEffect(() => stopSession, [])

  useCommand('view.sidebar', () =>
    narrow ? workspaceActions.showPane('functions') : workspaceActions.toggle('sidebar'),
  )
  useCommand('view.drawer', () => workspaceActions.toggle('drawer'))
  useCommand('view.runPanel', () =>
    narrow ? workspaceActions.showPane('run') : workspaceActions.toggle('runPanel'),
  )

  const view: WorkspaceView = {
    appid,
    name,
    names,
    functions: list.data,
    open,
    closeTab: (tab) => {
      useEditorBridge.getState().closed(tab)
      gone(tab)
    },
    gone,
    jump: (place: Place) => open(place.name, place),
  }
  const jump = useRef(view.jump)
  useEffect(() => {
    jump.current = view.jump
  })
  useEffect(() => useEditorBridge.setState({ open: (place) => jump.current(place) }), [])
  const keys = keysOf('function.publish')
  return (
    <main className="flex h-full flex-col">
      <title>{`${name ?? t('nav.functions')} · ${app?.name ?? appid} · Lathe`}</title>
      <h1 className="sr-only">{name ?? t('nav.functions')}</h1>
      <TopActions>
        {name && !isTestFile(name) && (
          <Button
            look="solid"
            aria-label={t('action.publish')}
            busy={publishing}
            disabled={!editorReady && !canRun('function.publish')}
            icon={<UploadCloud size={14} aria-hidden />}
            {...(keys && !narrow ? { keys } : {})}
            onClick={() => runCommand('function.publish')}
          >
            {t('action.publish')}
          </Button>
        )}
      </TopActions>
      <Panes view={view} narrow={narrow} />
      <WorkspaceDialogs view={view} refuseTypeErrors={app?.typeCheck === 'refuse'} />
      <StatusBar app={app} name={name} />
    </main>
  )
}
