import type { ReactNode } from 'react'
import { expressionOf } from './find-in-text.ts'

/** The text with what was looked for marked in it. */
export function marked(text: string, query: string): ReactNode {
  if (query === '') return text
  const parts: ReactNode[] = []
  let end = 0
  for (const { 0: match, index } of text.matchAll(expressionOf(query))) {
    parts.push(
      text.slice(end, index),
      <mark
        key={index}
        className="rounded-kbd bg-accent-tint text-fg data-current:outline-2 data-current:outline-accent"
      >
        {match}
      </mark>,
    )
    end = index + match.length
  }
  parts.push(text.slice(end))
  return parts
}
