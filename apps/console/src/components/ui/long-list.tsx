import { type ReactNode, useRef } from 'react'
import { useRowsInView } from '../../lib/use-rows-in-view.ts'

/** A list of any length on a page that scrolls: rows near the view are laid out. */
export function LongList<T>({
  label,
  items,
  keyOf,
  height,
  row,
  total = items.length,
  onNearEnd,
}: {
  label: string
  items: T[]
  keyOf: (item: T) => string
  /** Usual height of a row in pixels. */
  height: number
  row: (item: T) => ReactNode
  /** How many there are with those that were not asked for yet; -1 where that is not known. */
  total?: number
  onNearEnd?: (() => void) | undefined
}) {
  const list = useRef<HTMLUListElement>(null)
  const rows = useRowsInView(list, {
    count: items.length,
    height,
    keyOf: (index) => keyOf(items[index]!),
    onNearEnd,
  })
  return (
    <ul
      ref={list}
      aria-label={label}
      className="relative overflow-hidden rounded-popover border border-line bg-surface"
      style={{ height: rows.total + 2 }}
      onBlur={() => rows.focus(null)}
    >
      {rows.items.map((item) => (
        <li
          key={item.key}
          ref={rows.measure}
          data-index={item.index}
          aria-setsize={total}
          aria-posinset={item.index + 1}
          onFocus={() => rows.focus(item.index)}
          className="absolute inset-x-0 border-line data-[divided]:border-t"
          data-divided={item.index > 0 || undefined}
          style={{ transform: `translateY(${rows.startOf(item)}px)` }}
        >
          {row(items[item.index]!)}
        </li>
      ))}
    </ul>
  )
}
