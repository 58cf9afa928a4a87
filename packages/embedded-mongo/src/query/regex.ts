import { MongoError } from '../errors.ts'
import { BoundedRegExp, mayExplode } from './bounded-regex.ts'

/**
 * Compiles a PCRE pattern as MongoDB takes it into a JS RegExp. Options `imsxu`. What JS cannot express is refused
 * (code 51091), not approximated.
 */
const cache = new Map<string, RegExp>()

export function compileRegex(pattern: string, flags: string): RegExp {
  const id = `${flags}/${pattern}`
  let re = cache.get(id)
  if (!re) {
    re = build(pattern, flags)
    if (cache.size > 500) cache.clear()
    cache.set(id, re)
  }
  return re
}

function build(pattern: string, flags: string): RegExp {
  if (pattern.includes('\0'))
    throw new MongoError(51108, 'Regular expression cannot contain an embedded null byte')
  let source = pattern
  let js = ''
  for (const flag of flags) {
    if (!'imsxu'.includes(flag)) throw new MongoError(51108, `invalid flag in regex options: ${flag}`)
    if ('ims'.includes(flag) && !js.includes(flag)) js += flag
  }
  const inline = /^\(\?([imsx]+)\)/.exec(source)
  let extended = flags.includes('x')
  if (inline) {
    source = source.slice(inline[0].length)
    for (const flag of inline[1]!) {
      if (flag === 'x') extended = true
      else if (!js.includes(flag)) js += flag
    }
  }
  if (extended) source = stripExtended(source)
  source = translate(source)
  const Expression = mayExplode(source) ? BoundedRegExp : RegExp
  try {
    return new Expression(source, `${js}u`)
  } catch {
    // Unicode mode refuses escapes that PCRE takes (`\-`, `\_`); the legacy mode takes them.
    try {
      return new Expression(source, js)
    } catch (error) {
      throw new MongoError(
        51091,
        `Regular expression is invalid: ${error instanceof Error ? error.message : ''}`,
      )
    }
  }
}

/** PCRE escapes that JS spells differently. */
function translate(source: string): string {
  return source.replace(/\\(.)|\(\?P?<([A-Za-z_]\w*)>|\[\[:(\w+):\]\]/gs, (whole, escaped, name, posix) => {
    if (name) return `(?<${name}>`
    if (posix) return POSIX[posix] ?? refuse(whole)
    if (escaped === 'A') return '(?<![\\s\\S])'
    if (escaped === 'z') return '(?![\\s\\S])'
    if (escaped === 'Z') return '(?=\\n?(?![\\s\\S]))'
    if (escaped === 'h') return '[ \\t]'
    if ('GKRXQE'.includes(escaped)) refuse(whole)
    return whole
  })
}

const POSIX: Record<string, string> = {
  alpha: '[A-Za-z]',
  digit: '[0-9]',
  alnum: '[A-Za-z0-9]',
  upper: '[A-Z]',
  lower: '[a-z]',
  space: '\\s',
  punct: '[!-\\/:-@\\[-`{-~]',
  xdigit: '[0-9A-Fa-f]',
  word: '\\w',
}

function refuse(what: string): never {
  throw new MongoError(
    51091,
    `Regular expression is invalid: ${what} is not supported by the embedded database`,
  )
}

function stripExtended(source: string): string {
  let out = ''
  let inClass = false
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!
    if (c === '\\') {
      out += c + (source[++i] ?? '')
    } else if (inClass) {
      if (c === ']') inClass = false
      out += c
    } else if (c === '[') {
      inClass = true
      out += c
    } else if (c === '#') {
      while (i + 1 < source.length && source[i + 1] !== '\n') i++
    } else if (!/\s/.test(c)) out += c
  }
  return out
}

/** The literal text that every match begins with; empty when there is none. For index bounds. */
export function literalPrefix(pattern: string, flags: string): string {
  if (flags.includes('i') || flags.includes('m') || flags.includes('x')) return ''
  if (!pattern.startsWith('^') || /[|]/.test(pattern)) return ''
  let out = ''
  for (let i = 1; i < pattern.length; i++) {
    let c = pattern[i]!
    if (c === '\\') {
      const next = pattern[i + 1]
      if (next === undefined || /[A-Za-z0-9]/.test(next)) return out
      c = next
      i++
    } else if (/[.*+?^${}()[\]]/.test(c)) return /[*?{]/.test(c) ? dropLast(out) : out
    const after = pattern[i + 1]
    if (after !== undefined && /[*?{]/.test(after)) return out
    out += c
  }
  return out
}

function dropLast(text: string): string {
  return [...text].slice(0, -1).join('')
}
