import { methodSchema } from '@lathe/shared'
import { emptyRequest, type Field, type Pair, type PanelRequest } from './request.ts'
import { shellWords } from './shell-words.ts'

interface Found {
  method: string
  url: string
  headers: Pair[]
  /** Texts of `-d`, which are joined. */
  data: string[]
  /** Rows of `-F`. */
  fields: Field[]
  /** Name of the file that is the body. */
  file: string | null
  asQuery: boolean
}

/**
 * A curl command, as browsers and documentation write it, as the panel's request; null when the text is none.
 * The address counts only behind the function's name: what is asked is always the function that is open. Files are
 * known by their names alone: they have to be chosen.
 * @param name the function's name
 */
export function parseCurl(text: string, name: string): PanelRequest | null {
  const [command, ...words] = shellWords(text.trim())
  if (command !== 'curl') return null
  const found: Found = {
    method: '',
    url: '',
    headers: [],
    data: [],
    fields: [],
    file: null,
    asQuery: false,
  }
  while (words.length > 0) {
    const word = words.shift() ?? ''
    const [flag, inline] = splitFlag(word)
    const known = aliases[flag] ?? flag
    const take = options[known]
    if (take) take(found, inline ?? words.shift() ?? '')
    else if (known === '-G') found.asQuery = true
    else if (known === '-I') found.method = 'HEAD'
    else if (ignoredWithValue.has(flag)) words.shift()
    else if (!word.startsWith('-')) found.url = word
  }
  return toRequest(found, name)
}

const header = (found: Found, line: string) => {
  const at = line.indexOf(':')
  if (at > 0)
    found.headers.push({ name: line.slice(0, at).trim(), value: line.slice(at + 1).trim(), on: true })
}

/** What curl's options with a value mean. */
const options: Record<string, (found: Found, value: string) => void> = {
  '-X': (found, value) => {
    found.method = value.toUpperCase()
  },
  '-H': header,
  '-d': (found, value) => takeData(found, value),
  '--data-raw': (found, value) => found.data.push(value),
  '--data-urlencode': (found, value) => found.data.push(urlencoded(value)),
  '--json': (found, value) => {
    takeData(found, value)
    header(found, 'content-type: application/json')
  },
  '-F': (found, value) => found.fields.push(formField(value)),
  '--form-string': (found, value) => {
    const [name, text] = splitAt(value)
    found.fields.push({ name, value: text, on: true, file: null })
  },
  '-T': (found, value) => {
    found.file = value
    found.method ||= 'PUT'
  },
  '-A': (found, value) => header(found, `user-agent: ${value}`),
  '-b': (found, value) => header(found, `cookie: ${value}`),
  '-e': (found, value) => header(found, `referer: ${value}`),
  '-u': (found, value) => header(found, `authorization: Basic ${base64Of(value)}`),
  '--oauth2-bearer': (found, value) => header(found, `authorization: Bearer ${value}`),
  '--url': (found, value) => {
    found.url = value
  },
}

const aliases: Record<string, string> = {
  '--request': '-X',
  '--header': '-H',
  '--data': '-d',
  '--data-binary': '-d',
  '--data-ascii': '-d',
  '--form': '-F',
  '--upload-file': '-T',
  '--user-agent': '-A',
  '--cookie': '-b',
  '--referer': '-e',
  '--user': '-u',
  '--get': '-G',
  '--head': '-I',
}
const ignoredWithValue = new Set(['-o', '--output', '-m', '--max-time', '--connect-timeout', '-x', '--proxy'])

function takeData(found: Found, value: string): void {
  if (value.startsWith('@')) found.file = value.slice(1)
  else found.data.push(value)
}

/** `name=content`, `=content` or `content`: the content is encoded. */
function urlencoded(value: string): string {
  const at = value.indexOf('=')
  if (at < 0) return encodeURIComponent(value)
  return `${at > 0 ? `${value.slice(0, at)}=` : ''}${encodeURIComponent(value.slice(at + 1))}`
}

function splitAt(value: string): [name: string, rest: string] {
  const at = value.indexOf('=')
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)]
}

/** `name=text`, `name=@file;type=image/png;filename=a.png`; names and texts may be quoted. */
function formField(value: string): Field {
  const [name, rest] = splitAt(value)
  const [content = '', ...settings] = rest.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? []
  const setting = (key: string) =>
    settings.map((one) => splitAt(one.trim())).find(([known]) => known === key)?.[1] ?? ''
  const isFile = content.startsWith('@') || content.startsWith('<')
  if (!isFile) return { name, value: unquoted(content), on: true, file: null }
  const fileName = unquoted(setting('filename') || content.slice(1))
  return { name, value: '', on: true, file: { fileName, type: setting('type'), data: null } }
}

function unquoted(text: string): string {
  const inner = /^"([\s\S]*)"$/.exec(text.trim())?.[1]
  return inner === undefined ? text : inner.replace(/\\(["\\])/g, '$1')
}

/** Of a text in UTF-8, which `btoa` alone does not take. */
function base64Of(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

function toRequest(found: Found, name: string): PanelRequest | null {
  const { headers, data, fields, file, asQuery } = found
  const { path, query } = addressOf(found.url, name)
  const type = headers.find((one) => one.name.toLowerCase() === 'content-type')?.value ?? ''
  const text = data.join('&')
  const isSending = (text !== '' || fields.length > 0 || file !== null) && !asQuery
  const asked = methodSchema.safeParse(found.method || (isSending ? 'POST' : 'GET'))
  if (!asked.success) return null
  const bodyKind = fields.length > 0 ? 'multipart' : file !== null ? 'binary' : kindOf(text, type)
  return {
    ...emptyRequest,
    method: asked.data,
    path,
    query: asQuery ? [query, text].filter(Boolean).join('&') : query,
    headers: bodyKind === 'multipart' ? headers.filter((one) => !isMultipart(one)) : headers,
    bodyKind,
    body: asQuery ? '' : text,
    fields,
    file: file === null ? null : { fileName: file, type, data: null },
  }
}

function isMultipart({ name, value }: Pair): boolean {
  return name.toLowerCase() === 'content-type' && value.startsWith('multipart/')
}

function kindOf(text: string, type: string): PanelRequest['bodyKind'] {
  if (type.includes('json')) return 'json'
  if (type.includes('urlencoded')) return 'form'
  if (type) return 'text'
  return text ? 'form' : 'text'
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
  const short = /^(-[XHdFTAbeu])(.+)$/s.exec(word)
  return short ? [short[1] ?? word, short[2]] : [word, undefined]
}
