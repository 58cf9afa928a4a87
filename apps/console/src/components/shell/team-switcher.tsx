import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ChevronsUpDown, Plus, Users } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { teamsQuery, useTeam } from '../../data/teams.ts'
import { t, withMessages } from '../../i18n/i18n.ts'
import { useChosenTeam } from '../../stores/team.ts'
import { Menu } from '../ui/menu.tsx'

const NewTeamDialog = lazy(
  withMessages(() =>
    import('../../features/team/new-team-dialog.tsx').then((m) => ({ default: m.NewTeamDialog })),
  ),
)

/** The team one looks at; choosing another one shows its apps. */
export function TeamSwitcher() {
  const teams = useQuery(teamsQuery())
  const team = useTeam()
  const { choose } = useChosenTeam()
  const navigate = useNavigate()
  const [creating, setCreating] = useState(false)
  if (!team) return null
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={t('team.switch', { name: team.name })}
            className="flex h-7 min-w-0 items-center gap-1 rounded-control px-1.5 font-semibold hover:bg-raised data-[state=open]:bg-raised"
          >
            <span className="truncate">{team.name}</span>
            <ChevronsUpDown size={12} aria-hidden className="shrink-0 text-subtle" />
          </button>
        }
        entries={[
          ...(teams.data ?? []).map((one) => ({
            label: one.name,
            checked: one.id === team.id,
            icon: one.id === team.id ? '•' : null,
            onSelect: () => {
              choose(one.id)
              void navigate({ to: '/apps' })
            },
          })),
          null,
          {
            label: t('team.people'),
            icon: <Users size={14} />,
            onSelect: () => void navigate({ to: '/team/members' }),
          },
          { label: t('team.new'), icon: <Plus size={14} />, onSelect: () => setCreating(true) },
        ]}
      />
      <Suspense>{creating && <NewTeamDialog onClose={() => setCreating(false)} />}</Suspense>
    </>
  )
}
