import { stripVTControlCharacters } from 'node:util'

/** Text that others wrote, for a terminal: it can break lines, and not move the cursor. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/(?![\n\t])\p{Cc}/gu, ' ')
}
