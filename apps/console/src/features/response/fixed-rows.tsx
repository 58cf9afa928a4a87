import { type KeyboardEvent, type ReactNode, type Ref, useImperativeHandle, useRef, useState } from 'react'

export const ROW_PX = 20
/** Browsers cap the height of an element: beyond this, a pixel of scrolling stands for several. */
const MAX_PX = 8_000_000
const OVERSCAN = 8

export interface FixedRowsHandle {
  /** Scrolls as little as brings a row into view. */
  show(index: number): void
  /** Rows that fit into the view. */
  page(): number
}

/** Any number of rows of one height, of which those in view are drawn. */
export function FixedRows({
  count,
  row,
  role,
  label,
  activeId,
  onKeyDown,
  ref,
}: {
  count: number
  row: (index: number) => ReactNode
  role: 'tree' | 'document'
  label: string
  activeId?: string | undefined
  onKeyDown?: (event: KeyboardEvent) => void
  ref?: Ref<FixedRowsHandle>
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600 })
  const total = count * ROW_PX
  const height = Math.min(total, MAX_PX)
  /** Pixels of all rows per pixel of scrolling. */
  const scale = total > height ? (total - view.height) / (height - view.height) : 1
  const offset = view.top * scale
  const first = Math.max(0, Math.floor(offset / ROW_PX) - OVERSCAN)
  const last = Math.min(count, Math.ceil((offset + view.height) / ROW_PX) + OVERSCAN)
  useImperativeHandle(ref, () => ({
    show(index) {
      const el = scroller.current
      if (!el) return
      const at = index * ROW_PX
      const top = el.scrollTop * scale
      if (at < top) el.scrollTop = at / scale
      else if (at + ROW_PX > top + el.clientHeight) el.scrollTop = (at + ROW_PX - el.clientHeight) / scale
    },
    page: () => Math.max(1, Math.floor(view.height / ROW_PX) - 1),
  }))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its role is given.
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: its role is given, and takes a name.
    <div
      ref={(el) => {
        scroller.current = el
        if (!el) return
        const measure = () => setView((now) => ({ ...now, height: el.clientHeight || now.height }))
        const observer = new ResizeObserver(measure)
        observer.observe(el)
        return () => observer.disconnect()
      }}
      role={role}
      aria-label={label}
      aria-activedescendant={activeId}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget
        setView({ top: scrollTop, height: clientHeight })
      }}
      className="min-h-0 grow overflow-auto font-mono text-small leading-5 -outline-offset-2"
    >
      <div className="relative min-w-max" style={{ height }}>
        {Array.from({ length: Math.max(0, last - first) }, (_, i) => (
          <div
            key={first + i}
            className="absolute left-0 min-w-full px-3 whitespace-pre"
            style={{ top: (first + i) * ROW_PX - offset + view.top, height: ROW_PX }}
          >
            {row(first + i)}
          </div>
        ))}
      </div>
    </div>
  )
}
