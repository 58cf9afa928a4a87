import { Fragment, type ReactNode, useRef } from 'react'
import { useRowsInView } from '../../lib/use-rows-in-view.ts'

/** The rows of a table of any length on a page that scrolls: those near the view are laid out, space stands for the rest. */
export function LongRows<T>({
  items,
  keyOf,
  height,
  columns,
  row,
  onNearEnd,
}: {
  items: T[]
  keyOf: (item: T) => string
  /** Of every row, in pixels. */
  height: number
  columns: number
  row: (item: T) => ReactNode
  onNearEnd?: (() => void) | undefined
}) {
  const body = useRef<HTMLTableSectionElement>(null)
  const rows = useRowsInView(body, {
    count: items.length,
    height,
    keyOf: (index) => keyOf(items[index]!),
    onNearEnd,
  })
  let end = 0
  return (
    <tbody ref={body}>
      {rows.items.map((item) => {
        const before = rows.startOf(item) - end
        end = rows.startOf(item) + item.size
        return (
          <Fragment key={item.key}>
            <Space height={before} columns={columns} />
            {row(items[item.index]!)}
          </Fragment>
        )
      })}
      <Space height={rows.total - end} columns={columns} />
    </tbody>
  )
}

function Space({ height, columns }: { height: number; columns: number }) {
  if (height < 1) return null
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  )
}
