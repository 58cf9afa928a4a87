import { type ReactNode, useRef, useState } from 'react'
import { FindBar } from './find-bar.tsx'

/**
 * A short text with a bar that finds in it.
 * @param text what is looked through; a query has no line ends, so those keep apart what does not belong together
 * @param children draws it with the query `marked`, in the order of the text
 */
export function Findable({ text, children }: { text: string; children: (query: string) => ReactNode }) {
  const [query, setQuery] = useState('')
  const shown = useRef<HTMLDivElement>(null)
  const current = useRef<Element | null>(null)
  const go = (index: number) => {
    current.current?.removeAttribute('data-current')
    const mark = shown.current?.querySelectorAll('mark')[index] ?? null
    mark?.setAttribute('data-current', '')
    mark?.scrollIntoView({ block: 'nearest' })
    current.current = mark
  }
  return (
    <div className="flex min-h-0 grow flex-col">
      <FindBar text={text} query={query} onQuery={setQuery} onMatch={(_, index) => go(index)} />
      <div
        ref={shown}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 grow overflow-auto px-3 pt-1 pb-3 font-mono text-small leading-5 -outline-offset-2"
      >
        {children(query)}
      </div>
    </div>
  )
}
