import type { MessageId } from '../../i18n/i18n.ts'

/** Schedules that people begin with. */
export const presets = [
  { cron: '*/5 * * * *', label: 'triggers.everyFiveMinutes' },
  { cron: '0 * * * *', label: 'triggers.everyHour' },
  { cron: '0 9 * * *', label: 'triggers.everyDay' },
  { cron: '0 9 * * 1-5', label: 'triggers.everyWeekday' },
  { cron: '0 9 * * 1', label: 'triggers.everyMonday' },
  { cron: '0 0 1 * *', label: 'triggers.everyMonth' },
] as const satisfies readonly { cron: string; label: MessageId }[]

/** The person's own time zone first: that is what most mean by nine o'clock. */
export function timeZones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return [...new Set([own, 'UTC', ...Intl.supportedValuesOf('timeZone')])]
}
