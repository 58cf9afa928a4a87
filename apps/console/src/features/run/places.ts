/** A place in a function's source as stacks and log lines name it. */
export interface Place {
  name: string
  line: number
  column: number
}

const PLACE = /((?:[\w-]+\/)*[\w-]+(?:\.test)?)\.ts:(\d+)(?::(\d+))?/g

/** A text in pieces, those that name a place in a function among them. */
export function splitPlaces(
  text: string,
  known: (name: string) => boolean,
): (string | (Place & { text: string }))[] {
  const parts: (string | (Place & { text: string }))[] = []
  let end = 0
  for (const match of text.matchAll(PLACE)) {
    const [all, name, line, column] = match
    if (!name || !known(name)) continue
    if (match.index > end) parts.push(text.slice(end, match.index))
    parts.push({ text: all, name, line: Number(line), column: Number(column ?? 1) })
    end = match.index + all.length
  }
  if (end < text.length) parts.push(text.slice(end))
  return parts
}

/** The first place of a stack that is inside one of the app's functions. */
export function firstPlace(text: string, known: (name: string) => boolean): Place | null {
  const hit = splitPlaces(text, known).find((part) => typeof part !== 'string')
  return typeof hit === 'object' ? { name: hit.name, line: hit.line, column: hit.column } : null
}
