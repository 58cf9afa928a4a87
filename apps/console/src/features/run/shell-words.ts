const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', "'": "'", '"': '"', '\\': '\\' }

/** Words as a POSIX shell (and `$'…'` of bash) makes them. */
export function shellWords(text: string): string[] {
  const words: string[] = []
  const piece =
    /\s+|'([^']*)'|\$'((?:[^'\\]|\\[\s\S])*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|[^\s'"\\]+?(?=[\s'"\\]|\$'|$)/g
  let word: string | null = null
  for (const [all, single, ansi, double, escaped] of text.matchAll(piece)) {
    if (/^\s/.test(all)) {
      if (word !== null) words.push(word)
      word = null
      continue
    }
    if (escaped === '\n') continue // a line that goes on
    word =
      (word ?? '') +
      (single ??
        ansi?.replace(/\\(u[\da-f]{4}|[\s\S])/gi, (_, code: string) =>
          code.length === 5
            ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
            : (escapes[code] ?? code),
        ) ??
        double?.replace(/\\([$`"\\\n])/g, (_, char: string) => (char === '\n' ? '' : char)) ??
        escaped ??
        all)
  }
  if (word !== null) words.push(word)
  return words
}
