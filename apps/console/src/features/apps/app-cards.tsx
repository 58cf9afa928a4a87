import type { DashboardApp, DashboardPerson } from '@lathe/shared'
import { type KeyboardEvent, useRef } from 'react'
import { t } from '../../i18n/i18n.ts'
import { AppCard } from './app-card.tsx'

/** The apps as cards. What is out of sight is not laid out, so that thousands of them scroll. */
export function AppCards({
  apps,
  pinned,
  people,
}: {
  apps: DashboardApp[]
  pinned: string[]
  people: DashboardPerson[]
}) {
  const grid = useRef<HTMLUListElement>(null)
  return (
    <ul
      ref={grid}
      aria-label={t('apps.title')}
      onKeyDown={(event) => moveInGrid(event, grid.current)}
      className="grid grid-cols-[repeat(auto-fill,minmax(min(310px,100%),1fr))] gap-3"
    >
      {apps.map((app) => (
        <AppCard
          key={app.appid}
          app={app}
          isPinned={pinned.includes(app.appid)}
          people={people.filter(({ appid }) => appid === app.appid)}
        />
      ))}
    </ul>
  )
}

/** Arrow keys walk through the cards; Tab does too. */
function moveInGrid(event: KeyboardEvent, grid: HTMLElement | null): void {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
  if (!step || !grid) return
  const links = [...grid.querySelectorAll<HTMLElement>('[data-card]')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  event.preventDefault()
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus()
}
