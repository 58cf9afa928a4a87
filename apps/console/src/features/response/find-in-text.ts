const WINDOW = 2_000_000
export const MOST_MATCHES = 1_000

/**
 * Where a text contains a query, whatever the case of letters, as positions in order; at most `MOST_MATCHES`. Long texts
 * are looked at in pieces, between which the page may do other things.
 */
export async function findInText(text: string, query: string, signal: AbortSignal): Promise<number[]> {
  const found: number[] = []
  if (query === '') return found
  const expression = expressionOf(query)
  for (let begin = 0; begin < text.length; begin += WINDOW) {
    // A match may begin in this piece and end in the next one.
    const piece = text.slice(begin, begin + WINDOW + query.length - 1)
    for (const match of piece.matchAll(expression)) {
      if (match.index < WINDOW && found.push(begin + match.index) >= MOST_MATCHES) return found
    }
    if (begin + WINDOW < text.length) await new Promise((resolve) => setTimeout(resolve))
    signal.throwIfAborted()
  }
  return found
}

/** What finds a query as it stands, whatever the case of letters. */
export function expressionOf(query: string): RegExp {
  return new RegExp(query.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi')
}
