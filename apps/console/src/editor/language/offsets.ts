import type { Span } from './worker-api.ts'

/** A range as Monaco counts: lines and columns from 1, in UTF-16 units. */
export interface TextRange {
  startLineNumber: number
  startColumn: number
  endLineNumber: number
  endColumn: number
}

/** Where a span lies in a text that no model holds. */
export function rangeIn(text: string, { start, length }: Span): TextRange {
  const from = positionIn(text, start)
  const to = positionIn(text, start + length)
  return {
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  }
}

export function positionIn(text: string, offset: number): { lineNumber: number; column: number } {
  const before = text.slice(0, offset)
  const lines = before.split(/\r\n|\r|\n/)
  return { lineNumber: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** The text after edits, whose spans are all of the text before. */
export function applyEdits(text: string, changes: readonly { span: Span; newText: string }[]): string {
  return [...changes]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.start + span.length),
      text,
    )
}
