import { activeLocale, t } from '../../i18n/i18n.ts'

/** `Mon, Nov 23, 09:00:00` in the trigger's own time zone, which is how its schedule is written. */
export function formatTick(iso: string, timeZone: string): string {
  return new Date(iso).toLocaleString(activeLocale(), {
    timeZone,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
}

/** The next three ticks. */
export function NextRuns({ runs, timeZone }: { runs: string[]; timeZone: string }) {
  if (runs.length === 0) return <p className="text-small text-muted">{t('triggers.noNext')}</p>
  return (
    <ol aria-label={t('triggers.next')} className="text-small tabular-nums">
      {runs.map((run, index) => (
        <li key={run} className={index === 0 ? '' : 'text-muted'}>
          <time dateTime={run}>{formatTick(run, timeZone)}</time>
        </li>
      ))}
    </ol>
  )
}
