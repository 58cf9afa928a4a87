import type { SourceStyle } from '@lathe/shared'
import * as estree from 'prettier/plugins/estree'
import * as typescript from 'prettier/plugins/typescript'
import { format } from 'prettier/standalone'

/** Offsets of the text: what they touch is formatted, the rest stays. */
export type Part = [start: number, end: number]

/**
 * A function's source as prettier writes it.
 * @throws an error whose first line says what keeps the source from being read, and where: `';' expected. (1:9)`
 */
export function formatSource(source: string, style: SourceStyle, part?: Part): Promise<string> {
  return format(source, {
    parser: 'typescript',
    plugins: [typescript, estree],
    semi: style.semicolons,
    singleQuote: style.singleQuotes,
    printWidth: style.lineWidth,
    endOfLine: 'auto',
    ...(part && { rangeStart: part[0], rangeEnd: part[1] }),
  })
}
