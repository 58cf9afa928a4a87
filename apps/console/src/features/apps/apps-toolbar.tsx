import { getRouteApi } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { Segments } from '../../components/ui/segments.tsx'
import { Select } from '../../components/ui/select.tsx'
import { type MessageId, t } from '../../i18n/i18n.ts'
import { useDashboardChoices } from '../../stores/dashboard.ts'
import { type AppSort, type AppState, sorts, states } from './select-apps.ts'

const route = getRouteApi('/_signed/apps')
const sortNames: Record<AppSort, MessageId> = {
  recent: 'apps.sortRecent',
  name: 'apps.sortName',
  created: 'apps.sortCreated',
  requests: 'apps.sortRequests',
  errors: 'apps.sortErrors',
  p95: 'apps.sortP95',
  disk: 'apps.sortDisk',
}

/** Search, state, order and look of the apps; all but the look stand in the address. */
export function AppsToolbar() {
  const { q, sort = 'recent', state } = route.useSearch()
  const navigate = route.useNavigate()
  const { look, actions } = useDashboardChoices()
  return (
    <>
      <label className="relative w-52 shrink max-wide:w-full">
        <span className="sr-only">{t('apps.search')}</span>
        <Search size={14} aria-hidden className="absolute top-[9px] left-2.5 text-subtle" />
        <input
          type="search"
          value={q ?? ''}
          placeholder={t('apps.search')}
          onChange={(event) =>
            void navigate({
              search: (s) => ({ ...s, q: event.target.value || undefined }),
              replace: true,
            })
          }
          className="h-8 w-full rounded-control border border-control bg-bg pr-2.5 pl-8 text-ui"
        />
      </label>
      <Select
        aria-label={t('apps.state')}
        className="w-32"
        value={state ?? ''}
        onChange={(event) =>
          void navigate({
            search: (s) => ({ ...s, state: (event.target.value || undefined) as AppState | undefined }),
            replace: true,
          })
        }
      >
        <option value="">{t('apps.stateAll')}</option>
        {states.map((one) => (
          <option key={one} value={one}>
            {one === 'errors' ? t('apps.stateErrors') : t(`phase.${one}`)}
          </option>
        ))}
      </Select>
      <Select
        aria-label={t('apps.sort')}
        className="w-36"
        value={sort}
        onChange={(event) =>
          void navigate({ search: (s) => ({ ...s, sort: event.target.value as AppSort }), replace: true })
        }
      >
        {sorts.map((one) => (
          <option key={one} value={one}>
            {t(sortNames[one] as 'apps.sortName')}
          </option>
        ))}
      </Select>
      <Segments
        label={t('apps.look')}
        value={look}
        onChange={(next) => actions.setLook(next === 'table' ? 'table' : 'cards')}
        items={[
          { value: 'cards', label: t('apps.cards') },
          { value: 'table', label: t('apps.table') },
        ]}
      />
    </>
  )
}
