import { compareStrings, isNumeric } from '../../bson/compare.ts'
import { asInteger, isNullish, typeName } from '../../bson/types.ts'
import { BsonSymbol, Code, DateTime, int, Timestamp, type Value } from '../../bson/values.ts'
import { MongoError } from '../../errors.ts'
import { type ExpressionOperator, namedArguments, operator } from '../operator.ts'
import { numberText } from './convert.ts'

/** A value as the string operators take it: nullish is the empty string, numbers and dates become text. */
function coerced(name: string, value: Value | undefined): string {
  if (isNullish(value)) return ''
  if (typeof value === 'string') return value
  if (isNumeric(value)) return numberText(value)
  if (value instanceof DateTime) return new Date(Number(value.ms)).toISOString()
  if (value instanceof BsonSymbol) return value.value
  if (value instanceof Code) return value.code
  if (value instanceof Timestamp) return `Timestamp(${value.t}, ${value.i})`
  throw new MongoError(16007, `can't convert from BSON type ${typeName(value)} to String in ${name}`)
}

function text(name: string, value: Value | undefined, code: number): string {
  if (typeof value !== 'string')
    throw new MongoError(code, `${name} requires a string argument, found: ${typeName(value)}`)
  return value
}

function bound(name: string, value: Value | undefined, code: number): number {
  const n = asInteger(value)
  if (n === undefined || n < 0)
    throw new MongoError(code, `${name} requires a nonnegative integral argument, found: ${typeName(value)}`)
  return n
}

const substrBytes = operator(3, 3, ([v, from, length], _c) => {
  const bytes = Buffer.from(coerced('$substrBytes', v))
  const start = asInteger(from)
  const n = asInteger(length)
  if (start === undefined || n === undefined)
    throw new MongoError(16034, '$substrBytes: starting index and length must be numeric')
  if (start < 0) throw new MongoError(50752, '$substrBytes: starting index must be non-negative')
  const end = n < 0 ? bytes.length : Math.min(bytes.length, start + n)
  const continues = (i: number) => i < bytes.length && (bytes[i]! & 0xc0) === 0x80
  if (continues(start))
    throw new MongoError(28656, '$substrBytes: Invalid range, starting index is a UTF-8 continuation byte.')
  if (continues(end))
    throw new MongoError(
      28657,
      '$substrBytes: Invalid range, ending index is in the middle of a UTF-8 character.',
    )
  return bytes.toString('utf8', start, end)
})

const substrCP = operator(3, 3, ([v, from, length]) => {
  const start = bound('$substrCP', from, 34451)
  const n = bound('$substrCP', length, 34453)
  return [...coerced('$substrCP', v)].slice(start, start + n).join('')
})

function indexOf(name: string, split: (t: string) => ArrayLike<string | number>): ExpressionOperator {
  return operator(2, 4, ([v, wanted, from, to]) => {
    if (isNullish(v)) return null
    const hay = split(text(name, v, 40091))
    const needle = split(text(name, wanted, 40092))
    const start = from === undefined ? 0 : bound(name, from, 40096)
    const stop = to === undefined ? hay.length : Math.min(hay.length, bound(name, to, 40096))
    for (let i = start; i + needle.length <= stop; i++) {
      let j = 0
      while (j < needle.length && hay[i + j] === needle[j]) j++
      if (j === needle.length) return int(i)
    }
    return int(-1)
  })
}

/** The characters that trimming removes when none are named: MongoDB's list of whitespace. */
const SPACE = new Set(
  '\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
)

function trim(left: boolean, right: boolean): ExpressionOperator {
  return (operand, compiler, name) => {
    const named = namedArguments(name, operand, ['input'], ['chars'])
    const input = compiler.compile(named.get('input')!)
    const chars = named.has('chars') ? compiler.compile(named.get('chars')!) : undefined
    return (env) => {
      const v = input(env)
      const only = chars?.(env)
      if (isNullish(v) || (chars && isNullish(only))) return null
      const set = chars ? new Set(text(name, only, 50700)) : SPACE
      const list = [...text(name, v, 50699)]
      let from = 0
      let to = list.length
      if (left) while (from < to && set.has(list[from]!)) from++
      if (right) while (to > from && set.has(list[to - 1]!)) to--
      return list.slice(from, to).join('')
    }
  }
}

function replace(all: boolean): ExpressionOperator {
  return (operand, compiler, name) => {
    const named = namedArguments(name, operand, ['input', 'find', 'replacement'])
    const runs = ['input', 'find', 'replacement'].map((k) => compiler.compile(named.get(k)!))
    return (env) => {
      const args = runs.map((run) => run(env))
      if (args.some((v) => isNullish(v))) return null
      const [input, find, replacement] = args.map((v) => text(name, v, 51746)) as [string, string, string]
      return all ? input.replaceAll(find, () => replacement) : input.replace(find, () => replacement)
    }
  }
}

function letters(change: (t: string) => string): ExpressionOperator {
  return (operand, compiler, name) =>
    operator(1, 1, ([v]) => change(coerced(name, v)))(operand, compiler, name)
}

/** MongoDB changes the case of ASCII letters only. */
function ascii(from: RegExp, change: (c: string) => string): (t: string) => string {
  return (t) => t.replace(from, change)
}

export const stringExpressions: Record<string, ExpressionOperator> = {
  $concat: operator(0, Infinity, (args) => {
    let out = ''
    for (const v of args) {
      if (isNullish(v)) return null
      if (typeof v !== 'string')
        throw new MongoError(16702, `$concat only supports strings, not ${typeName(v)}`)
      out += v
    }
    return out
  }),
  $toLower: letters(ascii(/[A-Z]+/g, (c) => c.toLowerCase())),
  $toUpper: letters(ascii(/[a-z]+/g, (c) => c.toUpperCase())),
  $strLenBytes: operator(1, 1, ([v]) => int(Buffer.byteLength(text('$strLenBytes', v, 34473)))),
  $strLenCP: operator(1, 1, ([v]) => int([...text('$strLenCP', v, 34471)].length)),
  $strcasecmp: operator(2, 2, ([a, b]) => {
    const fold = ascii(/[a-z]+/g, (c) => c.toUpperCase())
    return int(Math.sign(compareStrings(fold(coerced('$strcasecmp', a)), fold(coerced('$strcasecmp', b)))))
  }),
  $substr: substrBytes,
  $substrBytes: substrBytes,
  $substrCP: substrCP,
  $indexOfBytes: indexOf('$indexOfBytes', (t) => Buffer.from(t)),
  $indexOfCP: indexOf('$indexOfCP', (t) => [...t]),
  $split: operator(2, 2, ([v, by]) => {
    if (isNullish(v) || isNullish(by)) return null
    const separator = text('$split', by, 40086)
    if (separator === '') throw new MongoError(40087, '$split requires a non-empty separator')
    return text('$split', v, 40085).split(separator)
  }),
  $trim: trim(true, true),
  $ltrim: trim(true, false),
  $rtrim: trim(false, true),
  $replaceOne: replace(false),
  $replaceAll: replace(true),
}
