import { type FunctionSummary, isTestFile } from '@lathe/shared'
import { FileCode2, PanelBottom, PanelRight } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useMemo } from 'react'
import { Panel, PanelGroup, PanelResizeHandle } from 'react-resizable-panels'
import { runCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Kbd } from '../../components/ui/kbd.tsx'
import { Segments } from '../../components/ui/segments.tsx'
import { loadEditor } from '../../editor/load.ts'
import { t } from '../../i18n/i18n.ts'
import { type NarrowPane, useWorkspace, workspaceActions } from '../../stores/workspace.ts'
import type { Place } from '../run/places.ts'
import { RunPanel } from '../run/run-panel.tsx'
import { SocketPanel } from '../socket/socket-panel.tsx'
import { TestFilePanel } from '../tests/test-file-panel.tsx'
import { Drawer } from './drawer.tsx'
import { EditorSkeleton } from './editor-skeleton.tsx'
import { Sidebar } from './sidebar.tsx'
import { TabStrip } from './tab-strip.tsx'

const EditorArea = lazy(() => loadEditor().then((m) => ({ default: m.EditorArea })))

export interface WorkspaceView {
  appid: string
  name: string | undefined
  names: ReadonlySet<string>
  functions: FunctionSummary[] | undefined
  open: (name: string) => void
  closeTab: (name: string) => void
  gone: (name: string) => void
  jump: (place: Place) => void
}

const noTabs: string[] = []

/** Tree, editor over drawer, run panel: side by side, or one at a time where the window is narrow. */
export function Panes({ view, narrow }: { view: WorkspaceView; narrow: boolean }) {
  const { sidebar, runPanel, pane } = useWorkspace()
  const { appid, name } = view
  const tree = <Sidebar appid={appid} active={name} onOpen={view.open} onGone={view.gone} />
  const run = name ? <Beside key={name} appid={appid} name={name} /> : null
  if (narrow) {
    return (
      <div className="flex min-h-0 grow flex-col">
        <div className="flex h-10 shrink-0 items-center border-b border-line px-3">
          <Segments
            label={t('panes.label')}
            value={pane}
            onChange={(next) => workspaceActions.showPane(next as NarrowPane)}
            items={[
              { value: 'functions', label: t('nav.functions') },
              { value: 'editor', label: t('panes.editor') },
              { value: 'run', label: t('panes.run') },
            ]}
          />
        </div>
        <div className="min-h-0 grow overflow-clip!">
          {pane === 'functions' && tree}
          {pane === 'run' && run}
          {/* The editor stays: its models and its place in the text are dear. */}
          <div className={pane === 'editor' ? 'h-full' : 'hidden'}>
            <Center view={view} />
          </div>
        </div>
      </div>
    )
  }
  return (
    <PanelGroup direction="horizontal" autoSaveId="lathe:columns" className="min-h-0 grow overflow-clip!">
      {sidebar && (
        <>
          <Panel id="tree" order={1} defaultSize={share(240, 200)} minSize={share(160, 140)}>
            {tree}
          </Panel>
          <Splitter label={t('panes.resizeTree')} />
        </>
      )}
      <Panel id="center" order={2} minSize={20}>
        <Center view={view} />
      </Panel>
      {runPanel && run && (
        <>
          <Splitter label={t('panes.resizeRun')} />
          <Panel id="run" order={3} defaultSize={share(400, 340)} minSize={share(300, 280)} maxSize={60}>
            {run}
          </Panel>
        </>
      )}
    </PanelGroup>
  )
}

/** A function is tried by a request; a file of tests has none, and `__websocket__` a connection. */
function Beside({ appid, name }: { appid: string; name: string }) {
  if (isTestFile(name)) return <TestFilePanel appid={appid} name={name} />
  if (name === '__websocket__') return <SocketPanel appid={appid} name={name} />
  return <RunPanel appid={appid} name={name} />
}

/** Percent of the window that gives these pixels: the wide measure from 1280 px on. */
function share(wide: number, small: number): number {
  const width = innerWidth - 56
  return Math.min(60, ((innerWidth >= 1280 ? wide : small) / width) * 100)
}

function Splitter({
  label,
  direction = 'horizontal',
}: {
  label: string
  direction?: 'horizontal' | 'vertical'
}) {
  return <PanelResizeHandle aria-label={label} className="splitter" data-panel-group-direction={direction} />
}

function Center({ view }: { view: WorkspaceView }) {
  const { appid, name, names, functions } = view
  const tabs = useWorkspace((s) => s.tabs[appid] ?? noTabs)
  const drawer = useWorkspace((s) => s.drawer)
  const differs = useMemo(() => new Map(functions?.map((fn) => [fn.name, fn.draftDiffers])), [functions])
  if (functions?.length === 0) return <FirstFunction />
  return (
    <div className="flex h-full flex-col">
      <div className="flex">
        <div className="min-w-0 grow">
          <TabStrip tabs={tabs} active={name} differs={differs} onOpen={view.open} onClose={view.closeTab} />
        </div>
        <PaneToggles />
      </div>
      <PanelGroup direction="vertical" autoSaveId="lathe:rows" className="min-h-0 grow overflow-clip!">
        <Panel id="editor" order={1} minSize={20}>
          <section id="editor" aria-label={t('editor.region')} className="h-full bg-editor">
            {name ? (
              <Suspense fallback={<EditorSkeleton />}>
                <EditorArea key={appid} appid={appid} name={name} />
              </Suspense>
            ) : (
              <NothingOpen />
            )}
          </section>
        </Panel>
        {drawer && name && (
          <>
            <Splitter label={t('panes.resizeDrawer')} direction="vertical" />
            <Panel id="drawer" order={2} defaultSize={28} minSize={10} maxSize={80}>
              <Drawer
                appid={appid}
                name={name}
                names={names}
                functions={functions}
                onJump={view.jump}
                onOpen={view.open}
              />
            </Panel>
          </>
        )}
      </PanelGroup>
    </div>
  )
}

function PaneToggles() {
  const { drawer, runPanel } = useWorkspace()
  const drawerKeys = keysOf('view.drawer')
  return (
    <div className="hidden h-9 shrink-0 items-center gap-0.5 border-b border-line px-1.5 wide:flex">
      <IconButton
        label={t('command.drawer')}
        {...(drawerKeys ? { keys: drawerKeys } : {})}
        aria-pressed={drawer}
        onClick={() => workspaceActions.toggle('drawer')}
      >
        <PanelBottom size={15} aria-hidden />
      </IconButton>
      <IconButton
        label={t('command.runPanel')}
        aria-pressed={runPanel}
        onClick={() => workspaceActions.toggle('runPanel')}
      >
        <PanelRight size={15} aria-hidden />
      </IconButton>
    </div>
  )
}

function NothingOpen() {
  const hints: [string, string | undefined][] = [
    [t('command.quickOpen'), keysOf('go.quickOpen')],
    [t('command.palette'), keysOf('go.palette')],
  ]
  return (
    <div className="flex h-full flex-col items-center justify-center gap-2 text-muted">
      {hints.map(([label, keys]) => (
        <Hint key={label} label={label}>
          {keys && <Kbd keys={keys} />}
        </Hint>
      ))}
    </div>
  )
}

function Hint({ label, children }: { label: string; children: ReactNode }) {
  return (
    <p className="flex w-56 items-center justify-between text-small">
      {label} {children}
    </p>
  )
}

function FirstFunction() {
  return (
    <div className="flex h-full flex-col justify-center bg-editor pb-[10vh]">
      <Empty icon={<FileCode2 size={18} />} title={t('functions.emptyTitle')} text={t('functions.emptyText')}>
        <Button look="solid" onClick={() => runCommand('function.new')}>
          {t('functions.emptyAction')}
        </Button>
      </Empty>
    </div>
  )
}
