import type { SearchQuery } from '../../stores/search.ts'

export interface SearchFile {
  name: string
  source: string
}

export interface Hit {
  name: string
  line: number
  column: number
  /** The line, cut to a window around the place. */
  before: string
  match: string
  after: string
}

export interface SearchResult {
  hits: Hit[]
  /** Functions that have hits, with their text after the replacement. */
  files: { name: string; before: string; after: string }[]
  total: number
}

export const MAX_HITS = 2_000
const WINDOW = 80

/** The query as a regular expression. @throws SyntaxError */
export function patternOf({ find, matchCase, wholeWord, regex }: SearchQuery): RegExp {
  const body = regex ? find : find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const whole = wholeWord ? `(?<![\\p{L}\\p{N}_$])(?:${body})(?![\\p{L}\\p{N}_$])` : body
  return new RegExp(whole, `gmu${matchCase ? '' : 'i'}`)
}

/** Finds a query in all texts; with a regular expression, `$1` in the replacement stands for its groups. */
export function search(files: SearchFile[], query: SearchQuery): SearchResult {
  const result: SearchResult = { hits: [], files: [], total: 0 }
  if (query.find === '') return result
  const pattern = patternOf(query)
  const replacement = query.regex ? query.replace : query.replace.replaceAll('$', '$$$$')
  for (const { name, source } of files) {
    const before = result.total
    for (const match of source.matchAll(pattern)) {
      if (match[0] === '') continue
      result.total++
      if (result.hits.length < MAX_HITS) result.hits.push(hitAt(name, source, match.index, match[0]))
    }
    if (result.total > before) {
      result.files.push({ name, before: source, after: source.replace(pattern, replacement) })
    }
  }
  return result
}

function hitAt(name: string, source: string, index: number, match: string): Hit {
  const start = source.lastIndexOf('\n', index - 1) + 1
  const end = source.indexOf('\n', index + match.length)
  const line = source.slice(0, index).split('\n').length
  const shown = match.split('\n')[0] ?? ''
  return {
    name,
    line,
    column: index - start + 1,
    before: source.slice(Math.max(start, index - WINDOW), index).trimStart(),
    match: shown,
    after: match.includes('\n')
      ? ' …'
      : source.slice(
          index + match.length,
          Math.min(end < 0 ? source.length : end, index + match.length + WINDOW),
        ),
  }
}
