import type { DashboardApp, DashboardPerson } from '@lathe/shared'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { Phase } from '../../components/phase.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatBytes, formatDateTime, formatMs } from '../../lib/format.ts'
import { AppPulse } from '../metrics/app-pulse.tsx'
import { PinButton } from './pin-button.tsx'

/** One app: what it is called, whether it runs, where it answers, what goes on in it, who is in it, what happened last. */
export const AppCard = memo(function AppCard({
  app,
  isPinned,
  people,
}: {
  app: DashboardApp
  isPinned: boolean
  people: DashboardPerson[]
}) {
  const { lastPublish } = app
  return (
    <div className="group relative flex h-full flex-col rounded-popover border border-line bg-surface p-4 transition-colors duration-120 hover:border-control/60">
      <div className="flex items-center gap-2">
        <h2 className="min-w-0 grow truncate text-title font-semibold">
          <Link
            data-card
            to="/apps/$appid/functions"
            params={{ appid: app.appid }}
            preload="intent"
            className="outline-none after:absolute after:inset-0 after:rounded-popover focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {app.name}
          </Link>
        </h2>
        <Phase phase={app.phase} />
        <PinButton app={app} isPinned={isPinned} />
      </div>
      <div className="mt-1 flex items-center gap-1">
        <span className="truncate font-mono text-small text-muted">
          {app.url.replace(/^https?:\/\//, '')}
        </span>
        <CopyButton text={app.url} label={t('apps.copyUrl')} small className="relative z-10" />
        <span className="ml-auto shrink-0 text-small text-muted tabular-nums">
          {t('apps.functions', { n: app.functionCount })}
        </span>
      </div>
      {app.phase === 'failed' && app.phaseError ? (
        <p className="mt-1 truncate text-small text-error" title={app.phaseError}>
          {app.phaseError}
        </p>
      ) : null}
      <div className="grow" />
      {app.phase !== 'failed' && <AppPulse requests={app.requests} errors={app.errors} />}
      <p className="mt-2 flex gap-3 truncate text-small text-muted tabular-nums">
        {app.lastTests !== null && app.lastTests.failed > 0 && (
          <span className="shrink-0 text-error" title={formatDateTime(app.lastTests.at)}>
            {t('apps.testsFail', { n: app.lastTests.failed })}
          </span>
        )}
        {app.p95 !== null && <span>p95 {formatMs(app.p95)}</span>}
        {app.isolation.length > 0 && <span className="truncate">{app.isolation.join(' + ')}</span>}
        {app.packageBytes > 0 && <span>{t('apps.packages', { size: formatBytes(app.packageBytes) })}</span>}
        {people.length > 0 && (
          <span className="ml-auto truncate text-accent">
            {t('apps.here', { who: [...new Set(people.map(({ who }) => who))].join(', ') })}
          </span>
        )}
      </p>
      <p
        className="mt-1 truncate text-small text-muted"
        title={lastPublish ? formatDateTime(lastPublish.at) : undefined}
      >
        {lastPublish
          ? t('apps.lastPublish', {
              name: lastPublish.functionName,
              ago: formatAgo(lastPublish.at),
              who: lastPublish.by.replace(/@.*/, ''),
            })
          : t('apps.neverPublished')}
      </p>
    </div>
  )
})
