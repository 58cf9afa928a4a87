import { methodSchema } from '@lathe/shared'
import { emptyRequest, type Pair, type PanelRequest } from './request.ts'

/**
 * A curl command, as browsers and documentation write it, as the panel's request; null when the text is none.
 * The address counts only behind the function's name: what is asked is always the function that is open.
 * @param name the function's name
 */
export function parseCurl(text: string, name: string): PanelRequest | null {
  const [command, ...words] = shellWords(text.trim())
  if (command !== 'curl') return null
  const found = { method: '', url: '', body: [] as string[], headers: [] as Pair[], get: false, form: false }
  const header = (line: string) => {
    const at = line.indexOf(':')
    if (at > 0)
      found.headers.push({ name: line.slice(0, at).trim(), value: line.slice(at + 1).trim(), on: true })
  }
  const options: Record<string, (value: string) => void> = {
    '-X': (value) => (found.method = value.toUpperCase()),
    '-H': header,
    '-d': (value) => found.body.push(value),
    '--json': (value) => {
      found.body.push(value)
      header('content-type: application/json')
    },
    '-A': (value) => header(`user-agent: ${value}`),
    '-b': (value) => header(`cookie: ${value}`),
    '-e': (value) => header(`referer: ${value}`),
    '-u': (value) => header(`authorization: Basic ${btoa(value)}`),
    '--url': (value) => (found.url = value),
  }
  while (words.length > 0) {
    const word = words.shift() ?? ''
    const [flag, inline] = splitFlag(word)
    const take = options[aliases[flag] ?? flag]
    if (take) take(inline ?? words.shift() ?? '')
    else if (flag === '-G' || flag === '--get') found.get = true
    else if (flag === '-I' || flag === '--head') found.method = 'HEAD'
    else if (ignoredWithValue.has(flag)) words.shift()
    else if (!word.startsWith('-')) found.url = word
  }
  return toRequest(found, name)
}

const aliases: Record<string, string> = {
  '--request': '-X',
  '--header': '-H',
  '--data': '-d',
  '--data-raw': '-d',
  '--data-binary': '-d',
  '--data-ascii': '-d',
  '--data-urlencode': '-d',
  '--user-agent': '-A',
  '--cookie': '-b',
  '--referer': '-e',
  '--user': '-u',
}
const ignoredWithValue = new Set(['-o', '--output', '-m', '--max-time', '--connect-timeout', '-x', '--proxy'])

interface Found {
  method: string
  url: string
  body: string[]
  headers: Pair[]
  get: boolean
}

function toRequest({ method, url, body, headers, get }: Found, name: string): PanelRequest | null {
  const { path, query } = addressOf(url, name)
  const type = headers.find((one) => one.name.toLowerCase() === 'content-type')?.value ?? ''
  const text = body.join('&')
  const asked = methodSchema.safeParse(method || (text && !get ? 'POST' : 'GET'))
  if (!asked.success) return null
  return {
    ...emptyRequest,
    method: asked.data,
    path,
    query: get ? [query, text].filter(Boolean).join('&') : query,
    headers,
    bodyKind: type.includes('json')
      ? 'json'
      : text && !type
        ? 'form'
        : type.includes('urlencoded')
          ? 'form'
          : 'text',
    body: get ? '' : text,
  }
}

function addressOf(url: string, name: string): { path: string; query: string } {
  try {
    const { pathname, search } = new URL(url.includes('://') ? url : `http://${url}`)
    const under = pathname === `/${name}` || pathname.startsWith(`/${name}/`)
    return { path: under ? pathname.slice(name.length + 1) : '', query: search.slice(1) }
  } catch {
    return { path: '', query: '' }
  }
}

/** `--data=x` and `-XPOST` have their value in the same word. */
function splitFlag(word: string): [flag: string, value: string | undefined] {
  const long = /^(--[\w-]+)=(.*)$/s.exec(word)
  if (long) return [long[1] ?? word, long[2]]
  const short = /^(-[XHdAbeu])(.+)$/s.exec(word)
  return short ? [short[1] ?? word, short[2]] : [word, undefined]
}

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
