import type { Virtualizer } from '@tanstack/react-virtual'
import type { KeyboardEvent, RefObject } from 'react'

/** A row of a tree that is drawn as a list: what stands deeper belongs to the nearest row above that does not. */
interface Row {
  label: string
  depth: number
  open: boolean
}

/**
 * The keys of a tree as in the ARIA Authoring Practices (Tree View): arrows, Home, End, Enter, Space, and letters that go
 * to the next row which begins so. One row is the tab stop; it is drawn with `data-row={keyOf(row)}`.
 * @param at the row that has the focus, or would get it
 * @param acts what else keys do, by what `KeyboardEvent.key` says
 */
export function useTreeKeys<T extends Row>({
  rows,
  at,
  keyOf,
  hasBelow,
  virtual,
  scroller,
  onFocus,
  onToggle,
  acts,
}: {
  rows: readonly T[]
  at: number
  keyOf: (row: T) => string
  hasBelow: (row: T) => boolean
  virtual: Virtualizer<HTMLDivElement, Element>
  scroller: RefObject<HTMLDivElement | null>
  onFocus: (row: T) => void
  onToggle: (row: T) => void
  acts: Record<string, (row: T) => void>
}): (event: KeyboardEvent) => void {
  const go = (index: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))]
    if (!row) return
    onFocus(row)
    virtual.scrollToIndex(rows.indexOf(row))
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(keyOf(row))}"]`)?.focus(),
    )
  }
  const out = (row: T) => {
    const parent = rows.findLastIndex((one, index) => index < at && one.depth < row.depth)
    if (parent >= 0) go(parent)
  }
  const moves: Record<string, (row: T) => void> = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    ArrowRight: (row) => hasBelow(row) && (row.open ? go(at + 1) : onToggle(row)),
    ArrowLeft: (row) => (hasBelow(row) && row.open ? onToggle(row) : out(row)),
  }
  return (event) => {
    const row = rows[at]
    if (!row || event.ctrlKey || event.metaKey) return
    const key = event.altKey ? `Alt+${event.key}` : event.key
    const act = moves[key] ?? acts[key]
    if (act) {
      event.preventDefault()
      act(row)
    } else if (/^[\p{L}\p{N}_-]$/u.test(key)) {
      const letter = key.toLowerCase()
      const next = [...rows.keys()].map((index) => (at + 1 + index) % rows.length)
      const hit = next.find((index) => rows[index]!.label.toLowerCase().startsWith(letter))
      if (hit !== undefined) go(hit)
    }
  }
}
