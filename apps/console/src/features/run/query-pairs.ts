import type { Pair } from './request.ts'

/** `a=1&b` as rows; what cannot be decoded stays as it is. */
export function parseQuery(query: string): Pair[] {
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text.replace(/\+/g, ' '))
    } catch {
      return text
    }
  }
  return query
    .replace(/^\?/, '')
    .split('&')
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf('=')
      return at < 0
        ? { name: decode(part), value: '', on: true }
        : { name: decode(part.slice(0, at)), value: decode(part.slice(at + 1)), on: true }
    })
}

export function formatQuery(pairs: Pair[]): string {
  return pairs
    .filter(({ name, value }) => name || value)
    .map(({ name, value }) => `${encoded(name)}=${encoded(value)}`)
    .join('&')
}

/** References to variables stay readable: their values are encoded when they take their places. */
function encoded(text: string): string {
  return text
    .split(/(\{\{\s*[A-Za-z_][\w.-]{0,63}\s*\}\})/)
    .map((piece, index) => (index % 2 === 1 ? piece.replace(/\s/g, '') : encodeURIComponent(piece)))
    .join('')
}
