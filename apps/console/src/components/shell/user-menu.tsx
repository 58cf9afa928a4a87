import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { LogOut, Moon, Sun, UserRound } from 'lucide-react'
import { sessionQuery, signOut } from '../../data/session.ts'
import { t } from '../../i18n/i18n.ts'
import { useTheme } from '../../lib/use-theme.ts'
import { usePreferences } from '../../stores/preferences.ts'
import { Menu } from '../ui/menu.tsx'

/** The signed-in person: account, theme, sign out. */
export function UserMenu() {
  const { data: person } = useQuery(sessionQuery)
  const navigate = useNavigate()
  const theme = useTheme()
  const { set } = usePreferences((s) => s.actions)
  if (!person) return null
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t('account.menu')}
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-raised text-label font-semibold text-muted uppercase hover:text-fg data-[state=open]:text-fg"
        >
          {(person.name || person.email).slice(0, 1)}
        </button>
      }
      entries={[
        {
          label: person.email,
          icon: <UserRound size={14} />,
          onSelect: () => void navigate({ to: '/account' }),
        },
        theme === 'light'
          ? {
              label: t('command.themeDark'),
              icon: <Moon size={14} />,
              onSelect: () => set({ theme: 'dark' }),
            }
          : {
              label: t('command.themeLight'),
              icon: <Sun size={14} />,
              onSelect: () => set({ theme: 'light' }),
            },
        null,
        {
          label: t('account.signOut'),
          icon: <LogOut size={14} />,
          onSelect: () => void signOut(),
        },
      ]}
    />
  )
}
