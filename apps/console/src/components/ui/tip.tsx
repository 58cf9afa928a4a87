import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react'

const load = () => import('./tip-popup.tsx')
const TipPopup = lazy(() => load().then((m) => ({ default: m.TipPopup })))

export type Side = 'top' | 'right' | 'bottom' | 'left'

const DELAY_MS = 400
/** Who has just read one need not wait for the next. */
const SKIP_MS = 200
let lastShown = 0

/** A tooltip with the keys of what it explains. What shows it is loaded when a pointer or the focus first comes. */
export function Tip({
  label,
  keys,
  side = 'bottom',
  children,
}: {
  label: string
  keys?: string
  side?: Side
  children: ReactNode
}) {
  const [anchor, setAnchor] = useState<Element | null>(null)
  const [asked, setAsked] = useState<Element | null>(null)
  useEffect(() => {
    if (!asked) return
    const delay = performance.now() - lastShown < SKIP_MS ? 0 : DELAY_MS
    const timer = setTimeout(() => setAnchor(asked), delay)
    return () => clearTimeout(timer)
  }, [asked])
  const hide = () => {
    if (anchor) lastShown = performance.now()
    setAsked(null)
    setAnchor(null)
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it has no box; what it holds is what one points at */}
      <span
        className="contents"
        onPointerEnter={({ pointerType, currentTarget }) => {
          if (pointerType === 'touch') return
          void load()
          setAsked(currentTarget.firstElementChild)
        }}
        onPointerLeave={hide}
        onPointerDown={hide}
        onKeyDown={hide}
        onBlur={hide}
        onFocus={({ target }) => {
          if (target.matches(':focus-visible')) setAnchor(target)
        }}
      >
        {children}
      </span>
      {anchor?.isConnected && (
        <Suspense>
          <TipPopup anchor={anchor} label={label} side={side} onClose={hide} {...(keys && { keys })} />
        </Suspense>
      )}
    </>
  )
}
