import type { AppView } from '@lathe/shared'
import { Link } from '@tanstack/react-router'
import { Phase } from '../../components/phase.tsx'
import { CopyButton } from '../../components/ui/copy-button.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatDateTime } from '../../lib/format.ts'
import { AppPulse } from '../metrics/app-pulse.tsx'

/** One app: what it is called, whether it runs, where it answers, what happened last. */
export function AppCard({ app }: { app: AppView }) {
  const { lastPublish } = app
  return (
    <li className="group relative flex h-[152px] flex-col rounded-popover border border-line bg-surface p-4 transition-colors duration-120 hover:border-control/60">
      <div className="flex items-center gap-2">
        <h2 className="min-w-0 grow truncate text-title font-semibold">
          <Link
            data-card
            to="/apps/$appid/functions"
            params={{ appid: app.appid }}
            preload="intent"
            className="outline-none after:absolute after:inset-0 after:rounded-popover focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent"
          >
            {app.name}
          </Link>
        </h2>
        <Phase phase={app.phase} />
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
      {app.phase !== 'failed' && <AppPulse appid={app.appid} />}
      <p
        className="mt-2 truncate text-small text-muted"
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
    </li>
  )
}
