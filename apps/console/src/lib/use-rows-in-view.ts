import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

interface Rows {
  count: number
  /** Usual height of a row in pixels; rows that are measured have their own. */
  height: number
  keyOf: (index: number) => string
  /** Rows side by side. */
  lanes?: number
  gap?: number
  /** The last rows are near. */
  onNearEnd?: (() => void) | undefined
}

/**
 * Which of a page's rows are laid out: those near the view, and the one that has the focus. The page scrolls, not the
 * list, so what stands above the list may change its height.
 */
export function useRowsInView(
  list: RefObject<HTMLElement | null>,
  { count, height, keyOf, lanes = 1, gap = 0, onNearEnd }: Rows,
) {
  const [margin, setMargin] = useState(0)
  const focused = useRef<number | null>(null)
  const page = () => list.current?.closest('main') ?? null
  useLayoutEffect(() => {
    const scroller = page()
    const element = list.current
    if (!scroller || !element) return
    const above = scroller.getBoundingClientRect().top - scroller.scrollTop
    setMargin(element.getBoundingClientRect().top - above)
  })
  const virtual = useVirtualizer({
    count,
    lanes,
    gap,
    getScrollElement: page,
    getItemKey: keyOf,
    estimateSize: () => height,
    overscan: 3 * lanes,
    scrollMargin: margin,
    // Before the page is measured, as much as fits on most screens.
    initialRect: { width: 0, height: 900 },
    rangeExtractor: (range) => {
      const kept = focused.current
      const near = defaultRangeExtractor(range)
      if (kept === null || kept >= count || near.includes(kept)) return near
      return [...near, kept].sort((a, b) => a - b)
    },
  })
  const items = virtual.getVirtualItems()
  const isNearEnd = (items.at(-1)?.index ?? -1) >= count - 1
  useLayoutEffect(() => {
    if (isNearEnd && count > 0) onNearEnd?.()
  }, [isNearEnd, count, onNearEnd])
  return {
    items,
    total: virtual.getTotalSize(),
    /** Where an item begins, in pixels from the list's own top. */
    startOf: (item: { start: number }) => item.start - margin,
    measure: virtual.measureElement,
    /** The row that has the focus stays laid out. */
    focus: (index: number | null) => {
      focused.current = index
    },
  }
}
