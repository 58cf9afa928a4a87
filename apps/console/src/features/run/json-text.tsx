import { useMemo } from 'react'

/** Above this a body is shown as plain text: colouring it would hold up the page. */
const COLOURED_MAX = 200_000

/** JSON formatted and coloured; anything else as it is. */
export function JsonText({ text }: { text: string }) {
  const tokens = useMemo(() => tokensOf(text), [text])
  return (
    <pre className="font-mono text-small break-words whitespace-pre-wrap">
      {tokens.map(({ kind, text: part }, index) =>
        kind ? (
          <span key={index} className={looks[kind]}>
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </pre>
  )
}

const looks = {
  key: 'text-function',
  string: 'text-string',
  number: 'text-number',
  word: 'text-keyword',
} as const

export interface Token {
  kind: keyof typeof looks | null
  text: string
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g

/** Pretty-printed JSON as coloured pieces; one plain piece when it is none, or too long. */
export function tokensOf(text: string): Token[] {
  const pretty = prettyJson(text)
  if (pretty === null) return [{ kind: null, text }]
  if (pretty.length > COLOURED_MAX) return [{ kind: null, text: pretty }]
  const tokens: Token[] = []
  let end = 0
  for (const match of pretty.matchAll(TOKEN)) {
    if (match.index > end) tokens.push({ kind: null, text: pretty.slice(end, match.index) })
    const [all, string, colon, number] = match
    if (string) tokens.push({ kind: colon ? 'key' : 'string', text: string })
    else tokens.push({ kind: number ? 'number' : 'word', text: all })
    if (colon) tokens.push({ kind: null, text: colon })
    end = match.index + all.length
  }
  if (end < pretty.length) tokens.push({ kind: null, text: pretty.slice(end) })
  return tokens
}

function prettyJson(text: string): string | null {
  if (!/^\s*[[{"\d\-tfn]/.test(text)) return null
  try {
    return format(JSON.parse(text), '')
  } catch {
    return null
  }
}

const INLINE_MAX = 60

/** Like `JSON.stringify` with two spaces, but what is short and flat stays on one line. */
function format(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const array = Array.isArray(value)
  const inner = `${indent}  `
  const parts = array
    ? value.map((item) => format(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${format(item, inner)}`)
  const [open, close] = array ? ['[', ']'] : ['{', '}']
  if (parts.length === 0) return open + close
  const line = array ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  // The outermost object is always spread: that is what one wants to read.
  if ((array || indent !== '') && line.length <= INLINE_MAX && !line.includes('\n')) return line
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`
}
