import { plain } from './plain.ts'

/** Rows with their columns below one another. */
export function table(rows: string[][]): string {
  const clean = rows.map((row) => row.map((cell) => plain(cell).replaceAll(/\s/g, ' ')))
  const widths = (clean[0] ?? []).map((_, column) =>
    Math.max(...clean.map((row) => row[column]?.length ?? 0)),
  )
  return clean
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
