import type { AppView } from '@lathe/shared'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId } from 'react'
import { foundAppsQuery } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { Field } from '../ui/field.tsx'

interface FoundApps {
  apps: AppView[]
  /** The one that the text names, by its appid or by a name that no other has. */
  named: AppView | undefined
  isUnknown: boolean
}

/** The apps of a team that have a text in their name, and the one that it names. */
export function useFoundApps(teamId: string | undefined, text: string): FoundApps {
  const wanted = text.trim()
  const search = useDeferredValue(wanted)
  const found = useQuery({
    ...foundAppsQuery(teamId ?? '', search),
    enabled: teamId !== undefined,
    placeholderData: keepPreviousData,
  })
  const apps = found.data ?? []
  const sameName = apps.filter(({ name }) => name === wanted)
  return {
    apps,
    named: apps.find(({ appid }) => appid === wanted) ?? (sameName.length === 1 ? sameName[0] : undefined),
    isUnknown: wanted !== '' && apps.length === 0 && found.isSuccess && !found.isPlaceholderData,
  }
}

/** One of a team's apps, found by a part of its name; nothing means all of them. */
export function AppChoice({
  text,
  found: { apps, named, isUnknown },
  onChange,
}: {
  text: string
  found: FoundApps
  onChange: (text: string) => void
}) {
  const list = useId()
  return (
    <div>
      <Field
        label={t('tokens.apps')}
        list={list}
        value={text}
        placeholder={t('tokens.allApps')}
        hint={named?.name}
        error={isUnknown ? t('tokens.noSuchApp') : null}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={list}>
        {apps.map(({ appid, name }) => (
          <option key={appid} value={appid}>
            {name}
          </option>
        ))}
      </datalist>
    </div>
  )
}
