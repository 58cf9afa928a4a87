import { useQuery } from '@tanstack/react-query'
import { controlLook } from '../../components/ui/field.tsx'
import { Select } from '../../components/ui/select.tsx'
import { functionsQuery } from '../../data/functions.ts'
import { type MessageId, t } from '../../i18n/i18n.ts'
import { type Range, ranges } from '../../lib/time-range.ts'
import { type LogsSearch, levels, statuses } from './logs-search.ts'

export type Change = (change: LogsSearch) => void

interface FilterProps {
  search: LogsSearch
  onChange: Change
}

export function FunctionFilter({ appid, search, onChange }: FilterProps & { appid: string }) {
  const functions = useQuery(functionsQuery(appid))
  const names = functions.data?.map(({ name }) => name) ?? []
  const gone = search.fn !== undefined && !names.includes(search.fn)
  return (
    <Select
      aria-label={t('logs.function')}
      className="w-36 shrink"
      value={search.fn ?? ''}
      onChange={(event) => onChange({ fn: event.target.value || undefined })}
    >
      <option value="">{t('logs.allFunctions')}</option>
      {(gone ? [search.fn ?? '', ...names] : names).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </Select>
  )
}

export function LevelFilter({ search, onChange }: FilterProps) {
  return (
    <Select
      aria-label={t('logs.level')}
      className="w-28 shrink"
      value={search.level ?? ''}
      onChange={(event) => onChange({ level: levels.find((one) => one === event.target.value) })}
    >
      <option value="">{t('logs.allLevels')}</option>
      {levels.slice(1).map((one) => (
        <option key={one} value={one}>
          {one === 'error' ? one : `≥ ${one}`}
        </option>
      ))}
    </Select>
  )
}

const statusNames = {
  '2xx': 'logs.status2',
  '3xx': 'logs.status3',
  '4xx': 'logs.status4',
  '5xx': 'logs.status5',
} as const satisfies Record<(typeof statuses)[number], MessageId>

export function StatusFilter({ search, onChange }: FilterProps) {
  return (
    <Select
      aria-label={t('logs.status')}
      className="w-36 shrink"
      value={search.status ?? ''}
      onChange={(event) => onChange({ status: statuses.find((one) => one === event.target.value) })}
    >
      <option value="">{t('logs.allStatuses')}</option>
      {statuses.map((one) => (
        <option key={one} value={one}>
          {t(statusNames[one])}
        </option>
      ))}
    </Select>
  )
}

const rangeNames = {
  '15m': 'time.15m',
  '1h': 'time.1h',
  '6h': 'time.6h',
  '1d': 'time.1d',
  '7d': 'time.7d',
  '30d': 'time.30d',
} as const satisfies Record<Range, MessageId>

/** Lines and records are kept for seven days. */
const keptRanges = ranges.filter((range) => range !== '30d')

export function TimeFilter({ search, onChange }: FilterProps) {
  const isOwn = search.from !== undefined || search.to !== undefined
  return (
    <>
      <Select
        aria-label={t('time.label')}
        className="w-36 shrink"
        value={isOwn ? 'own' : (search.range ?? '')}
        onChange={({ target: { value } }) => {
          const now = Date.now()
          if (value === 'own') {
            const from = new Date(now - 3_600_000).toISOString()
            onChange({ range: undefined, from, to: new Date(now).toISOString() })
          } else {
            onChange({ range: keptRanges.find((one) => one === value), from: undefined, to: undefined })
          }
        }}
      >
        <option value="">{t('time.all')}</option>
        {keptRanges.map((range) => (
          <option key={range} value={range}>
            {t(rangeNames[range])}
          </option>
        ))}
        <option value="own">{t('time.own')}</option>
      </Select>
      {isOwn && (
        <span className="flex items-center gap-1">
          <Moment label={t('time.from')} value={search.from} onChange={(from) => onChange({ from })} />
          <span aria-hidden className="text-subtle">
            –
          </span>
          <Moment label={t('time.to')} value={search.to} onChange={(to) => onChange({ to })} />
        </span>
      )}
    </>
  )
}

function Moment({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | undefined
  onChange: (iso: string | undefined) => void
}) {
  return (
    <input
      type="datetime-local"
      aria-label={label}
      className={`h-8 w-48 tabular-nums ${controlLook}`}
      value={value === undefined ? '' : localOf(value)}
      onChange={({ target }) => onChange(target.value ? new Date(target.value).toISOString() : undefined)}
    />
  )
}

/** `2026-11-23T19:20` in the reader's time zone. */
function localOf(iso: string): string {
  const date = new Date(iso)
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function RequestFilter({ search, onChange }: FilterProps) {
  return (
    <input
      aria-label={t('logs.requestId')}
      placeholder={t('logs.requestId')}
      value={search.rid ?? ''}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange({ rid: event.target.value.trim() || undefined })}
      className={`h-8 w-44 shrink ${controlLook}`}
    />
  )
}
