import type { FunctionSummary } from '@lathe/shared'
import { X } from 'lucide-react'
import { useCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Mark } from '../../components/ui/mark.tsx'
import { TabList, TabPanel, Tabs } from '../../components/ui/tabs.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { useRuns } from '../../stores/runs.ts'
import { useTests } from '../../stores/tests.ts'
import { type DrawerTab, useWorkspace, workspaceActions } from '../../stores/workspace.ts'
import { DebugPanel } from '../debug/debug-panel.tsx'
import { ConsoleLines, ConsoleTools } from '../run/console-panel.tsx'
import { runKey } from '../run/execute.ts'
import type { Place } from '../run/places.ts'
import { TestsPanel } from '../tests/tests-panel.tsx'
import { useWatch } from '../tests/use-watch.ts'
import { ProblemsPanel } from './problems-panel.tsx'

/** Under the editor: what the run says, and what is wrong with the source. */
export function Drawer({
  appid,
  name,
  names,
  functions,
  onJump,
  onOpen,
}: {
  appid: string
  name: string
  names: ReadonlySet<string>
  functions: FunctionSummary[] | undefined
  onJump: (place: Place) => void
  onOpen: (name: string) => void
}) {
  const tab = useWorkspace((s) => s.drawerTab)
  const key = runKey(appid, name)
  const lineCount = useRuns((s) => s.byFunction[key]?.lines.length ?? 0)
  const problems = useEditorBridge((s) => s.problems)
  useCommand('view.console', () => workspaceActions.showDrawer('console'))
  useCommand('view.debug', () => workspaceActions.showDrawer('debug'))
  useCommand('view.problems', () => workspaceActions.showDrawer('problems'))
  useCommand('view.tests', () => workspaceActions.showDrawer('tests'))
  useWatch(appid)
  const failures = useTests((s) => s.byApp[appid]?.counts?.failed ?? 0)
  const count = (n: number, tone: string) =>
    n > 0 ? <Mark text={n} className={cx('rounded-full px-1.5 text-label tabular-nums', tone)} /> : null
  const drawerKeys = keysOf('view.drawer')
  return (
    <Tabs
      value={tab}
      onValueChange={(next) => workspaceActions.showDrawer(next as DrawerTab)}
      className="flex h-full flex-col bg-surface"
    >
      <div className="flex shrink-0 flex-wrap items-center border-b border-line pr-2 pl-2">
        <TabList
          label={t('drawer.label')}
          items={[
            {
              value: 'console',
              label: t('drawer.console'),
              mark: count(lineCount, 'bg-raised text-muted'),
            },
            {
              value: 'problems',
              label: t('drawer.problems'),
              mark: count(problems.length, 'bg-error-tint text-error'),
            },
            {
              value: 'tests',
              label: t('tests.label'),
              mark: count(failures, 'bg-error-tint text-error'),
            },
            { value: 'debug', label: t('debug.tab') },
          ]}
        />
        <div className="ml-auto flex items-center">
          {tab === 'console' && <ConsoleTools runKey={key} />}
          <IconButton
            label={t('drawer.close')}
            {...(drawerKeys ? { keys: drawerKeys } : {})}
            onClick={() => workspaceActions.toggle('drawer')}
          >
            <X size={14} aria-hidden />
          </IconButton>
        </div>
      </div>
      <TabPanel value="console" label={t('drawer.console')} shown={tab === 'console'}>
        <ConsoleLines runKey={key} names={names} onJump={onJump} />
      </TabPanel>
      <TabPanel value="problems" label={t('drawer.problems')} shown={tab === 'problems'}>
        <ProblemsPanel />
      </TabPanel>
      <TabPanel value="tests" label={t('tests.label')} shown={tab === 'tests'}>
        {tab === 'tests' && (
          <TestsPanel appid={appid} functions={functions} names={names} onJump={onJump} onOpen={onOpen} />
        )}
      </TabPanel>
      <TabPanel value="debug" label={t('debug.tab')} shown={tab === 'debug'}>
        <DebugPanel appid={appid} name={name} onJump={onJump} />
      </TabPanel>
    </Tabs>
  )
}
