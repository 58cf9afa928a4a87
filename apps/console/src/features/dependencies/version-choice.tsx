import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Select } from '../../components/ui/select.tsx'
import { versionsQuery } from '../../data/dependencies.ts'
import { t } from '../../i18n/i18n.ts'

const SHOWN = 200

/** A tag or a version, and how much newer it may become. */
export function VersionChoice({
  appid,
  name,
  range,
  onRange,
}: {
  appid: string
  name: string
  range: string
  onRange: (range: string) => void
}) {
  const id = useId()
  const { data } = useQuery(versionsQuery(appid, name))
  const kind = /^[~^]/.exec(range)?.[0] ?? ''
  const version = range.slice(kind.length)
  const isTag = !/^\d/.test(version)
  const tags = Object.entries(data?.tags ?? {})
  return (
    <div className="flex flex-wrap items-center gap-2 text-small">
      <label htmlFor={id} className="font-medium text-muted">
        {t('deps.version')}
      </label>
      <Select
        id={id}
        className="w-56"
        value={version}
        onChange={({ target: { value } }) => onRange(/^\d/.test(value) ? `${kind || '^'}${value}` : value)}
      >
        <optgroup label={t('deps.tags')}>
          {tags.length === 0 && <option value="latest">latest</option>}
          {tags.map(([tag, tagged]) => (
            <option key={tag} value={tag}>{`${tag} (${tagged})`}</option>
          ))}
        </optgroup>
        <optgroup label={t('deps.versions')}>
          {data?.versions.slice(0, SHOWN).map((one) => (
            <option key={one.version} value={one.version}>
              {one.deprecated ? `${one.version} · ${t('deps.deprecated')}` : one.version}
            </option>
          ))}
        </optgroup>
      </Select>
      <Select
        aria-label={t('deps.rangeKind')}
        className="w-56 whitespace-nowrap"
        value={isTag ? '^' : kind}
        disabled={isTag}
        onChange={({ target: { value } }) => onRange(value + version)}
      >
        <option value="^">{t('deps.rangeCaret')}</option>
        <option value="~">{t('deps.rangeTilde')}</option>
        <option value="">{t('deps.rangeExact')}</option>
      </Select>
    </div>
  )
}
