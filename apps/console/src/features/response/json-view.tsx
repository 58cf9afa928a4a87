import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useId, useReducer, useRef, useState } from 'react'
import { t } from '../../i18n/i18n.ts'
import { cx } from '../../lib/cx.ts'
import { FindBar } from './find-bar.tsx'
import { FixedRows, type FixedRowsHandle } from './fixed-rows.tsx'
import type { JsonDocument, Token } from './json-document.ts'
import { marked } from './marked.tsx'

const looks = {
  key: 'text-function',
  string: 'text-string',
  number: 'text-number',
  word: 'text-keyword',
} as const
/** Deeper rows are not moved further to the right. */
const DEEPEST = 60

/**
 * JSON as a tree of rows that fold: by the mouse at their beginnings, or by the arrow keys. However large it is, only
 * the rows in view are drawn.
 */
export function JsonView({ document }: { document: JsonDocument }) {
  const id = useId()
  const rows = useRef<FixedRowsHandle>(null)
  const [active, setActive] = useState(0)
  const [query, setQuery] = useState('')
  const [, redraw] = useReducer((n: number) => n + 1, 0)
  const fold = (row: number, isFolded: boolean) => {
    document.fold(row, isFolded)
    redraw()
  }
  const go = (place: number) => {
    const next = Math.max(0, Math.min(document.shownCount - 1, place))
    setActive(document.rowAt(next))
    rows.current?.show(next)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const place = document.placeOf(active)
    const page = rows.current?.page() ?? 10
    const keys: Record<string, () => void> = {
      ArrowDown: () => go(place + 1),
      ArrowUp: () => go(place - 1),
      PageDown: () => go(place + page),
      PageUp: () => go(place - page),
      Home: () => go(0),
      End: () => go(document.shownCount - 1),
      ArrowRight: () => (document.isFolded(active) ? fold(active, false) : go(place + 1)),
      ArrowLeft: () =>
        document.isFolded(active) === false ? fold(active, true) : go(parentOf(document, place)),
    }
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
  }
  return (
    <div className="flex min-h-0 grow flex-col">
      <FindBar
        text={document.text}
        query={query}
        onQuery={setQuery}
        onMatch={(position) => {
          const row = document.rowOf(position)
          document.reveal(row)
          setActive(row)
          redraw()
          requestAnimationFrame(() => rows.current?.show(document.placeOf(row)))
        }}
        onFoldAll={(isFolded) => {
          document.foldAll(isFolded)
          redraw()
          go(0)
        }}
      />
      <FixedRows
        ref={rows}
        count={document.shownCount}
        role="tree"
        label={t('run.jsonTree')}
        activeId={`${id}-${active}`}
        onKeyDown={onKeyDown}
        row={(place) => {
          const row = document.rowAt(place)
          const isFolded = document.isFolded(row)
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys.
            <div
              id={`${id}-${row}`}
              role="treeitem"
              aria-level={document.depth(row) + 1}
              aria-expanded={isFolded === null ? undefined : !isFolded}
              aria-selected={row === active}
              tabIndex={-1}
              onClick={() => setActive(row)}
              className={cx('flex', row === active && 'bg-raised')}
              style={{ paddingLeft: Math.min(DEEPEST, document.depth(row)) * 14 }}
            >
              <span className="flex w-4 shrink-0 items-center text-subtle">
                {isFolded !== null && (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it takes the keys.
                  // biome-ignore lint/a11y/noStaticElementInteractions: the row says whether it is folded.
                  <span className="cursor-default" onClick={() => fold(row, !isFolded)}>
                    <ChevronRight size={12} aria-hidden className={isFolded ? '' : 'rotate-90'} />
                  </span>
                )}
              </span>
              <span>
                {document.tokens(row).map((token, index) => (
                  <Colored key={index} token={token} query={query} />
                ))}
              </span>
            </div>
          )
        }}
      />
    </div>
  )
}

function parentOf(document: JsonDocument, place: number): number {
  const depth = document.depth(document.rowAt(place))
  let above = place - 1
  while (above > 0 && document.depth(document.rowAt(above)) >= depth) above--
  return Math.max(0, above)
}

function Colored({ token: { kind, text }, query }: { token: Token; query: string }) {
  return <span className={kind ? looks[kind] : undefined}>{marked(text, query)}</span>
}
