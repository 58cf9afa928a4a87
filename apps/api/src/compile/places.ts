import type { Marker } from '@lathe/shared'

/**
 * Editor places for a text: 1-based lines and columns, columns in UTF-16 units, as Monaco counts them.
 * @param start first unit of the range, 0-based; @param end unit after the last
 */
export function markerAt(text: string, start: number, end: number, message: string): Marker {
  const from = placeOf(text, start)
  const to = placeOf(text, Math.max(end, start))
  const isEmpty = from.line === to.line && from.column === to.column
  return {
    message,
    severity: 'error',
    ...from,
    endLine: to.line,
    // Something to underline, even where something is missing.
    endColumn: isEmpty ? to.column + 1 : to.column,
  }
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  const lines = before.split(/\r\n|\r|\n/)
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}

/** UTF-16 index of a place that is given in bytes of UTF-8. */
export function utf16Index(bytes: Buffer, byteOffset: number): number {
  return bytes.subarray(0, byteOffset).toString('utf8').length
}
