import {
  cloneElement,
  type KeyboardEvent,
  lazy,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  Suspense,
  useState,
} from 'react'

const load = () => import('./menu-popup.tsx')
const MenuPopup = lazy(() => load().then((m) => ({ default: m.MenuPopup })))

/** One entry of a menu; `null` in a list of entries is a separator. */
export interface MenuEntry {
  label: string
  icon?: ReactNode
  keys?: string
  danger?: boolean
  disabled?: boolean
  checked?: boolean
  onSelect: () => void
}

/** A button with a menu, which is loaded when a pointer or the focus comes near. */
export function Menu({
  trigger,
  entries,
  align = 'end',
}: {
  /** A button, or what passes on its properties to one. */
  trigger: ReactElement<Record<string, unknown>>
  entries: (MenuEntry | null)[]
  align?: 'start' | 'end'
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const open = anchor !== null
  const button = cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': open,
    'data-state': open ? 'open' : 'closed',
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: ({ currentTarget }: MouseEvent<HTMLElement>) => setAnchor(open ? null : currentTarget),
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      if (event.key !== 'ArrowDown') return
      event.preventDefault()
      setAnchor(event.currentTarget)
    },
  })
  return (
    <>
      {button}
      {anchor?.isConnected && (
        <Suspense>
          <MenuPopup anchor={anchor} entries={entries} align={align} onClose={() => setAnchor(null)} />
        </Suspense>
      )}
    </>
  )
}
