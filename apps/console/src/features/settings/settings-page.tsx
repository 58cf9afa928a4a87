import type { AppView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Play, RotateCw, Square } from 'lucide-react'
import { useState } from 'react'
import { ErrorLine } from '../../components/error-view.tsx'
import { Phase } from '../../components/phase.tsx'
import { Button } from '../../components/ui/button.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { Field } from '../../components/ui/field.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { appQuery, useRenameApp, useRestartApp, useStartApp, useStopApp } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { formatDateTime } from '../../lib/format.ts'
import { DeleteAppDialog } from './delete-app-dialog.tsx'
import { Isolation } from './isolation.tsx'
import { LimitsSection } from './limits-section.tsx'
import { OriginsSection } from './origins-section.tsx'
import { RecordsSection } from './records-section.tsx'
import { Section } from './section.tsx'
import { TestsSection } from './tests-section.tsx'
import { TypeCheckChoice } from './type-check-section.tsx'

const route = getRouteApi('/_signed/apps/$appid/settings')

export function SettingsPage() {
  const { appid } = route.useParams()
  const { data: app } = useQuery(appQuery(appid))
  return (
    <main className="h-full overflow-y-auto">
      <title>{`${t('settings.title')} · ${app?.name ?? appid} · Lathe`}</title>
      <div className="mx-auto flex max-w-[720px] flex-col px-6 py-6">
        <h1 className="mb-4 text-page font-semibold">{t('settings.title')}</h1>
        {app ? <Sections app={app} /> : <Skeleton className="h-80" />}
      </div>
    </main>
  )
}

function Sections({ app }: { app: AppView }) {
  const [deleting, setDeleting] = useState(false)
  return (
    <>
      <NameSection key={app.name} app={app} />
      <StateSection app={app} />
      <Section title={t('isolation.title')} text={t('isolation.text')}>
        <Isolation walls={app.isolation} />
      </Section>
      <TypeCheckSection app={app} />
      <OriginsSection key={JSON.stringify(app.settings.cors)} app={app} />
      <LimitsSection key={JSON.stringify({ ...app.settings, cors: null })} app={app} />
      <RecordsSection key={app.settings.keepLogsDays} app={app} />
      <Section title={t('settings.about')} text={t('settings.aboutText')}>
        <dl className="grid grid-cols-[120px_1fr] items-center gap-y-1">
          <Fact label={t('settings.appid')} value={app.appid} copy={t('settings.copyAppid')} />
          <Fact label={t('settings.address')} value={app.url} copy={t('apps.copyUrl')} />
          <Fact label={t('settings.created')} value={formatDateTime(app.createdAt)} />
        </dl>
      </Section>
      <TestsSection app={app} />
      <Section title={t('settings.danger')} text={t('settings.dangerText')}>
        <Button look="danger" onClick={() => setDeleting(true)}>
          {t('settings.delete')}
        </Button>
      </Section>
      <DeleteAppDialog app={app} open={deleting} onOpenChange={setDeleting} />
    </>
  )
}

function TypeCheckSection({ app }: { app: AppView }) {
  return (
    <Section title={t('settings.typeCheck')} text={t('settings.typeCheckText')}>
      <TypeCheckChoice app={app} />
    </Section>
  )
}

function Fact({ label, value, copy }: { label: string; value: string; copy?: string }) {
  return (
    <>
      <dt className="text-small text-muted">{label}</dt>
      <dd className="flex h-7 min-w-0 items-center gap-1">
        <span className={copy ? 'truncate font-mono text-small' : 'text-small'}>{value}</span>
        {copy && <CopyButton text={value} label={copy} />}
      </dd>
    </>
  )
}

function NameSection({ app }: { app: AppView }) {
  const [name, setName] = useState(app.name)
  const rename = useRenameApp()
  const changed = name.trim() !== app.name && name.trim() !== ''
  return (
    <Section title={t('settings.name')} text={t('settings.nameText')}>
      <form
        className="flex items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          if (changed) rename.mutate({ appid: app.appid, name: name.trim() })
        }}
      >
        <Field
          className="grow"
          label={t('apps.name')}
          value={name}
          maxLength={64}
          onChange={(e) => setName(e.target.value)}
        />
        <Button type="submit" className="mt-5" disabled={!changed} busy={rename.isPending}>
          {t('action.rename')}
        </Button>
      </form>
      <ErrorLine error={rename.error} />
    </Section>
  )
}

function StateSection({ app }: { app: AppView }) {
  const start = useStartApp()
  const stop = useStopApp()
  const restart = useRestartApp()
  const { appid } = app
  const busy = start.isPending || stop.isPending || restart.isPending
  return (
    <Section title={t('settings.state')} text={t('settings.stateText')}>
      <div className="flex flex-wrap items-center gap-2">
        <Phase phase={app.phase} className="mr-2" />
        <Button
          icon={<Play size={13} aria-hidden />}
          disabled={busy || (app.state === 'running' && app.phase !== 'failed' && app.phase !== 'sleeping')}
          onClick={() => start.mutate({ appid })}
        >
          {t('action.start')}
        </Button>
        <Button
          icon={<Square size={12} aria-hidden />}
          disabled={busy || app.state === 'stopped'}
          onClick={() => stop.mutate({ appid })}
        >
          {t('action.stop')}
        </Button>
        <Button
          icon={<RotateCw size={13} aria-hidden />}
          disabled={busy || app.state === 'stopped'}
          onClick={() => restart.mutate({ appid })}
        >
          {t('action.restart')}
        </Button>
      </div>
      <p className="mt-3 text-small text-muted">
        {t('settings.replicas', { live: app.replicas.live, total: app.replicas.total })}
      </p>
      {app.phaseError && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
          tabIndex={0}
          className="mt-3 max-h-48 overflow-auto rounded-control border border-line bg-error-tint p-3 font-mono text-small whitespace-pre-wrap text-error"
        >
          {app.phaseError}
        </pre>
      )}
      <ErrorLine error={start.error ?? stop.error ?? restart.error} />
    </Section>
  )
}
