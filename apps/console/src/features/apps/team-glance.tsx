import { Link, useMatchRoute } from '@tanstack/react-router'
import type { Board } from '../../data/dashboard.ts'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { formatMs } from '../../lib/format.ts'
import { sum } from './select-apps.ts'

/** The whole team in a row of figures. */
export function TeamGlance({ board: { apps, p95, people } }: { board: Board }) {
  const requests = apps.reduce((all, app) => all + sum(app.requests), 0)
  const errors = apps.reduce((all, app) => all + sum(app.errors), 0)
  const failed = apps.filter(({ phase }) => phase === 'failed').length
  const running = apps.filter(({ phase }) => phase === 'running').length
  const here = new Set(people.map(({ who }) => who)).size
  const isTeamPage = useMatchRoute()({ to: '/team' })
  return (
    <section aria-label={t('glance.title')} className="flex flex-wrap items-end gap-x-10 gap-y-3">
      <dl className="flex flex-wrap gap-x-10 gap-y-3">
        <Figure name={t('glance.running')} value={`${running}/${apps.length}`} />
        {failed > 0 && <Figure name={t('glance.failed')} value={failed.toLocaleString()} isBad />}
        <Figure name={t('glance.requests')} value={requests.toLocaleString()} />
        <Figure name={t('glance.errors')} value={errors.toLocaleString()} isBad={errors > 0} />
        <Figure name="p95" value={p95 === null ? '–' : formatMs(p95)} />
        {here > 0 && <Figure name={t('glance.here')} value={here.toLocaleString()} />}
      </dl>
      {!isTeamPage && (
        <Link to="/team" className="ml-auto text-small text-accent underline underline-offset-4">
          {t('glance.more')}
        </Link>
      )}
    </section>
  )
}

export function Figure({ name, value, isBad = false }: { name: string; value: string; isBad?: boolean }) {
  return (
    <div className="flex min-w-16 flex-col">
      <dt className="text-label font-medium text-muted">{name}</dt>
      <dd className={cx('text-page font-semibold tabular-nums wall:text-[28px]', isBad && 'text-error')}>
        {value}
      </dd>
    </div>
  )
}
