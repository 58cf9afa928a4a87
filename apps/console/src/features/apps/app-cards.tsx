import type { DashboardApp, DashboardPerson } from '@lathe/shared'
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { t } from '../../i18n/i18n.ts'
import { useRowsInView } from '../../lib/use-rows-in-view.ts'
import { AppCard } from './app-card.tsx'

const CARD_WIDTH = 310
const CARD_HEIGHT = 168
const GAP = 12
const nobody: DashboardPerson[] = []

/** The apps as cards, of which those near the view are laid out. */
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
  const lanes = useLanes(grid)
  const rows = useRowsInView(grid, {
    count: apps.length,
    height: CARD_HEIGHT,
    keyOf: (index) => apps[index]!.appid,
    lanes,
    gap: GAP,
  })
  const width = `(100% - ${(lanes - 1) * GAP}px) / ${lanes}`
  const peopleOf = Map.groupBy(people, ({ appid }) => appid)
  return (
    <ul
      ref={grid}
      aria-label={t('apps.title')}
      onKeyDown={(event) => moveInGrid(event, lanes)}
      onBlur={() => rows.focus(null)}
      className="relative"
      style={{ height: rows.total }}
    >
      {rows.items.map((item) => {
        const app = apps[item.index]!
        return (
          <li
            key={item.key}
            data-index={item.index}
            aria-setsize={apps.length}
            aria-posinset={item.index + 1}
            onFocus={() => rows.focus(item.index)}
            className="absolute top-0"
            style={{
              width: `calc(${width})`,
              left: `calc((${width} + ${GAP}px) * ${item.lane})`,
              height: CARD_HEIGHT,
              transform: `translateY(${rows.startOf(item)}px)`,
            }}
          >
            <AppCard
              app={app}
              isPinned={pinned.includes(app.appid)}
              people={peopleOf.get(app.appid) ?? nobody}
            />
          </li>
        )
      })}
    </ul>
  )
}

/** How many cards stand side by side. */
function useLanes(grid: RefObject<HTMLElement | null>): number {
  const [lanes, setLanes] = useState(3)
  useLayoutEffect(() => {
    const element = grid.current
    if (!element) return
    const measure = () => setLanes(Math.max(1, Math.floor((element.clientWidth + GAP) / (CARD_WIDTH + GAP))))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [grid])
  return lanes
}

/** Arrow keys walk through the cards; Tab does too. */
function moveInGrid(event: KeyboardEvent<HTMLElement>, lanes: number): void {
  const step = { ArrowRight: 1, ArrowDown: lanes, ArrowLeft: -1, ArrowUp: -lanes }[event.key]
  const at = document.activeElement?.closest('[data-index]')?.getAttribute('data-index')
  if (!step || at == null || !document.activeElement?.matches('[data-card]')) return
  event.preventDefault()
  const next = event.currentTarget.querySelector<HTMLElement>(
    `[data-index="${Number(at) + step}"] [data-card]`,
  )
  next?.focus()
}
