import type { AppView } from '@lathe/shared'
import { ErrorLine } from '../../components/error-view.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { useUpdateApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { Section } from './section.tsx'

/** Whether tests gate a publish, and how a CI job runs them. */
export function TestsSection({ app }: { app: AppView }) {
  const update = useUpdateApp()
  const curl = `curl --fail-with-body -X POST -H "Authorization: Bearer $LATHE_TOKEN" -o junit.xml "${location.origin}/api/apps/${app.appid}/tests?format=junit"`
  return (
    <Section title={t('settings.tests')} text={t('settings.testsText')}>
      <div className="flex flex-col gap-4">
        <Checkbox
          label={t('settings.testsGate')}
          hint={t('settings.testsGateHint')}
          checked={update.isPending ? (update.variables.testsGatePublish ?? false) : app.testsGatePublish}
          onChange={(testsGatePublish) => update.mutate({ appid: app.appid, testsGatePublish })}
        />
        <ErrorLine error={update.error} />
        <div className="flex items-start gap-2 rounded-control border border-line bg-bg p-2">
          <code className="min-w-0 grow font-mono text-small break-all">{curl}</code>
          <CopyButton text={curl} label={t('logs.copyCurl')} small />
        </div>
      </div>
    </Section>
  )
}
