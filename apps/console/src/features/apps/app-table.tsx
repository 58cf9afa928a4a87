import type { DashboardApp } from '@lathe/shared'
import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { Phase } from '../../components/phase.tsx'
import { LongRows } from '../../components/ui/long-rows.tsx'
import { t } from '../../i18n/i18n.ts'
import { formatAgo, formatBytes, formatDateTime, formatMs } from '../../lib/format.ts'
import { AppPulse } from '../metrics/app-pulse.tsx'
import { PinButton } from './pin-button.tsx'

const head = 'h-8 px-3 text-left text-label font-medium text-muted'
const cell = 'h-10 px-3'
const ROW = 40

/** The apps as rows, for many of them. */
export function AppTable({ apps, pinned }: { apps: DashboardApp[]; pinned: string[] }) {
  return (
    <div className="overflow-x-auto rounded-popover border border-line bg-surface">
      <table className="w-full min-w-[860px] table-fixed border-collapse">
        <caption className="sr-only">{t('apps.title')}</caption>
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={`${head} w-[22%]`}>
              {t('apps.name')}
            </th>
            <th scope="col" className={`${head} w-[120px]`}>
              {t('apps.state')}
            </th>
            <th scope="col" className={head}>
              {t('apps.lastHour')}
            </th>
            <th scope="col" className={`${head} w-[80px]`}>
              p95
            </th>
            <th scope="col" className={`${head} w-[90px]`}>
              {t('apps.disk')}
            </th>
            <th scope="col" className={`${head} w-[150px]`}>
              {t('apps.isolation')}
            </th>
            <th scope="col" className={`${head} w-[170px]`}>
              {t('apps.sortRecent')}
            </th>
          </tr>
        </thead>
        <LongRows
          items={apps}
          keyOf={({ appid }) => appid}
          height={ROW}
          columns={7}
          row={(app) => <Row app={app} isPinned={pinned.includes(app.appid)} />}
        />
      </table>
    </div>
  )
}

const Row = memo(function Row({ app, isPinned }: { app: DashboardApp; isPinned: boolean }) {
  const { lastPublish } = app
  return (
    <tr className="border-t border-line hover:bg-raised/50">
      <th scope="row" className={`${cell} text-left font-medium`}>
        <span className="flex items-center gap-2">
          <Link
            to="/apps/$appid/functions"
            params={{ appid: app.appid }}
            className="min-w-0 grow truncate hover:underline"
          >
            {app.name}
          </Link>
          {app.lastTests !== null && app.lastTests.failed > 0 && (
            <span
              className="shrink-0 text-small font-normal text-error"
              title={formatDateTime(app.lastTests.at)}
            >
              {t('apps.testsFail', { n: app.lastTests.failed })}
            </span>
          )}
          <PinButton app={app} isPinned={isPinned} />
        </span>
      </th>
      <td className={cell}>
        <Phase phase={app.phase} />
      </td>
      <td className={cell}>
        <AppPulse requests={app.requests} errors={app.errors} />
      </td>
      <td className={`${cell} tabular-nums`}>{app.p95 === null ? '–' : formatMs(app.p95)}</td>
      <td className={`${cell} tabular-nums`}>
        {app.packageBytes === 0 ? '–' : formatBytes(app.packageBytes)}
      </td>
      <td className={`${cell} truncate text-small text-muted`}>{app.isolation.join(' + ')}</td>
      <td
        className={`${cell} truncate text-small text-muted`}
        title={lastPublish ? formatDateTime(lastPublish.at) : undefined}
      >
        {lastPublish
          ? t('apps.publishedBy', { ago: formatAgo(lastPublish.at), who: lastPublish.by.replace(/@.*/, '') })
          : '–'}
      </td>
    </tr>
  )
})
