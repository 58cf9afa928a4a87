import type { AppView } from '@lathe/shared'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ChevronsUpDown, Search } from 'lucide-react'
import { createContext, type ReactNode, useContext, useState } from 'react'
import { createPortal } from 'react-dom'
import { runCommand } from '../../commands/registry.ts'
import { keysOf } from '../../commands/table.ts'
import { siblingsQuery } from '../../data/apps.ts'
import { t } from '../../i18n/i18n.ts'
import { Phase } from '../phase.tsx'
import { Kbd } from '../ui/kbd.tsx'
import { Menu } from '../ui/menu.tsx'
import { Logo } from './logo.tsx'
import { TeamSwitcher } from './team-switcher.tsx'
import { UserMenu } from './user-menu.tsx'

const SlotContext = createContext<HTMLElement | null>(null)

/** Puts a page's own actions into the top bar's right end. */
export function TopActions({ children }: { children: ReactNode }) {
  const slot = useContext(SlotContext)
  return slot ? createPortal(children, slot) : null
}

/** The frame of every page behind the sign-in: the top bar, and the page under it. */
export function Frame({ app, children }: { app?: AppView | undefined; children: ReactNode }) {
  const [slot, setSlot] = useState<HTMLElement | null>(null)
  const keys = keysOf('go.palette')
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-12 shrink-0 items-center gap-2 border-b border-line pr-3 pl-4">
        <Link
          to="/apps"
          aria-label={t('apps.title')}
          className="-ml-1 flex size-7 items-center justify-center rounded-control hover:bg-raised"
        >
          <Logo />
        </Link>
        {app ? <AppSwitcher app={app} /> : <TeamSwitcher />}
        <div className="grow" />
        <button
          type="button"
          aria-label={t('palette.placeholder')}
          onClick={() => runCommand('go.palette')}
          className="flex h-8 w-9 shrink-0 items-center wide:w-72 wide:shrink gap-2 rounded-control border border-line bg-surface px-2.5 text-ui text-muted transition-colors duration-120 hover:bg-raised"
        >
          <Search size={14} aria-hidden className="shrink-0 text-subtle" />
          <span className="hidden truncate wide:inline">{t('palette.placeholder')}</span>
          <span className="grow" />
          {keys && (
            <span className="hidden wide:inline-flex">
              <Kbd keys={keys} className="border-control/50 text-muted" />
            </span>
          )}
        </button>
        <div ref={setSlot} className="flex items-center gap-2 empty:hidden" />
        <UserMenu />
      </header>
      <SlotContext value={slot}>
        <div className="min-h-0 grow">{children}</div>
      </SlotContext>
    </div>
  )
}

function AppSwitcher({ app }: { app: AppView }) {
  const apps = useQuery(siblingsQuery(app.teamId))
  const others = (apps.data ?? []).filter(({ appid }) => appid !== app.appid)
  return (
    <div className="flex min-w-0 items-center gap-2">
      <span aria-hidden className="text-subtle">
        /
      </span>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            className="flex h-7 min-w-0 items-center gap-1 rounded-control px-1.5 font-semibold hover:bg-raised data-[state=open]:bg-raised"
          >
            <span className="truncate">{app.name}</span>
            <ChevronsUpDown size={12} aria-hidden className="shrink-0 text-subtle" />
          </button>
        }
        entries={[
          ...[app, ...others].map((one) => ({
            label: one.name,
            checked: one.appid === app.appid,
            icon: one.appid === app.appid ? '•' : null,
            onSelect: () => switchTo(one.appid),
          })),
          null,
          { label: t('apps.all'), onSelect: () => runCommand('go.apps') },
        ]}
      />
      <Phase phase={app.phase} />
    </div>
  )
}

let switchTo: (appid: string) => void = () => {}
/** The router says how to go to an app: menus stand outside of its links. */
export function onSwitchApp(handler: (appid: string) => void): void {
  switchTo = handler
}
