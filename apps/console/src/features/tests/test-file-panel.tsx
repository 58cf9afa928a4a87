import { FlaskConical, Play } from 'lucide-react'
import { useCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { Button } from '../../components/ui/button.tsx'
import { Empty } from '../../components/ui/empty.tsx'
import { t } from '../../i18n/i18n.ts'
import { noTests, useTests } from '../../stores/tests.ts'
import { workspaceActions } from '../../stores/workspace.ts'
import { cancelTests, startTests } from './run-tests.ts'

/** In place of the Run panel, beside a file of tests: it has no address to send a request to. */
export function TestFilePanel({ appid, name }: { appid: string; name: string }) {
  const running = useTests((s) => (s.byApp[appid] ?? noTests).running)
  const run = () => {
    workspaceActions.showDrawer('tests')
    void startTests(appid, { files: [{ name }] })
  }
  useCommand('run.draft', run)
  useCommand('run.cancel', () => cancelTests(appid), running)
  const keys = keysOf('run.draft')
  return (
    <aside aria-label={t('run.panel')} className="h-full overflow-y-auto bg-surface">
      <Empty icon={<FlaskConical size={18} />} title={`${name}.ts`} text={t('tests.file')}>
        <Button
          look="solid"
          {...(keys ? { keys } : {})}
          icon={<Play size={13} aria-hidden />}
          busy={running}
          onClick={run}
        >
          {t('tests.runFile')}
        </Button>
      </Empty>
    </aside>
  )
}
