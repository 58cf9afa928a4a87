import type { FunctionSummary } from '@lathe/shared'
import { Eraser, X } from 'lucide-react'
import { useMemo } from 'react'
import { useCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Mark } from '../../components/ui/mark.tsx'
import { TabList, TabPanel, Tabs } from '../../components/ui/tabs.tsx'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatClock } from '../../lib/format.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { runActions, useRuns } from '../../stores/runs.ts'
import { useTests } from '../../stores/tests.ts'
import { type DrawerTab, useWorkspace, workspaceActions } from '../../stores/workspace.ts'
import { DebugPanel } from '../debug/debug-panel.tsx'
import { runKey } from '../run/execute.ts'
import { LogLines } from '../run/log-lines.tsx'
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
  const run = useRuns((s) => s.byFunction[key])
  const problems = useEditorBridge((s) => s.problems)
  const lines = run?.lines ?? []
  useCommand('view.console', () => workspaceActions.showDrawer('console'))
  useCommand('view.debug', () => workspaceActions.showDrawer('debug'))
  useCommand('view.problems', () => workspaceActions.showDrawer('problems'))
  useCommand('view.tests', () => workspaceActions.showDrawer('tests'))
  useWatch(appid)
  const failures = useTests((s) => s.byApp[appid]?.counts?.failed ?? 0)
  const text = useMemo(
    () => lines.map((line) => `${formatClock(line.at)} ${line.level} ${line.text}`).join('\n'),
    [lines],
  )
  const count = (n: number, tone: string) =>
    n > 0 ? <Mark text={n} className={cx('rounded-full px-1.5 text-label tabular-nums', tone)} /> : null
  const drawerKeys = keysOf('view.drawer')
  return (
    <Tabs
      value={tab}
      onValueChange={(next) => workspaceActions.showDrawer(next as DrawerTab)}
      className="flex h-full flex-col bg-surface"
    >
      <div className="flex shrink-0 items-center border-b border-line pr-2 pl-2">
        <TabList
          label={t('drawer.label')}
          items={[
            {
              value: 'console',
              label: t('drawer.console'),
              mark: count(lines.length, 'bg-raised text-muted'),
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
        <div className="grow" />
        {tab === 'console' && lines.length > 0 && (
          <>
            <CopyButton text={text} label={t('console.copy')} />
            <IconButton label={t('console.clear')} onClick={() => runActions.clearLines(key)}>
              <Eraser size={14} aria-hidden />
            </IconButton>
          </>
        )}
        <IconButton
          label={t('drawer.close')}
          {...(drawerKeys ? { keys: drawerKeys } : {})}
          onClick={() => workspaceActions.toggle('drawer')}
        >
          <X size={14} aria-hidden />
        </IconButton>
      </div>
      <TabPanel value="console" label={t('drawer.console')} shown={tab === 'console'}>
        {run && run.dropped > 0 && (
          <p className="px-4 pt-1 text-small text-warn">{t('console.dropped', { n: run.dropped })}</p>
        )}
        {lines.length > 0 ? (
          <LogLines lines={lines} names={names} onJump={onJump} />
        ) : (
          <p className="px-4 py-2 text-small text-subtle">
            {run?.open ? t('console.waiting') : run ? t('console.silent') : t('console.empty')}
          </p>
        )}
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
