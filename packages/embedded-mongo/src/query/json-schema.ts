/** `$jsonSchema` (draft 4 as MongoDB takes it, with `bsonType`). Keywords it does not know are refused. */
import { compare, equal, isNumeric } from '../bson/compare.ts'
import { remainderDecimal } from '../bson/decimal.ts'
import { toDecimal } from '../bson/numbers.ts'
import { asInteger, typeCode } from '../bson/types.ts'
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { QueryContext } from './context.ts'
import { typeCodes } from './operators/element.ts'
import { compileRegex } from './regex.ts'

type Check = (value: Value) => boolean

const JSON_TYPES: Record<string, string> = {
  object: 'object',
  array: 'array',
  number: 'number',
  boolean: 'bool',
  string: 'string',
  null: 'null',
}

export function compileJsonSchema(schema: Doc, _ctx: QueryContext): (document: Doc) => boolean {
  const check = compileSchema(schema)
  return (document) => check(document)
}

function bad(keyword: string, what: string): MongoError {
  return new MongoError('TypeMismatch', `$jsonSchema keyword '${keyword}' ${what}`)
}

function whole(keyword: string, value: Value): number {
  const n = asInteger(value)
  if (n === undefined || n < 0) throw bad(keyword, 'must be a whole number of at least 0')
  return n
}

function schemaOf(keyword: string, value: Value): Check {
  if (!isDoc(value)) throw bad(keyword, 'must be an object')
  return compileSchema(value)
}

function schemas(keyword: string, value: Value): Check[] {
  if (!Array.isArray(value) || value.length === 0) throw bad(keyword, 'must be a non-empty array')
  return value.map((v) => schemaOf(keyword, v))
}

function names(keyword: string, value: Value): string[] {
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'string'))
    throw bad(keyword, 'must be an array of strings')
  return value as string[]
}

function forString(test: (text: string) => boolean): Check {
  return (v) => typeof v !== 'string' || test(v)
}

function forArray(test: (array: Value[]) => boolean): Check {
  return (v) => !Array.isArray(v) || test(v)
}

function forObject(test: (object: Doc) => boolean): Check {
  return (v) => !isDoc(v) || test(v)
}

function compileSchema(schema: Doc): Check {
  const checks: Check[] = []
  for (const [keyword, value] of schema) {
    const check = compileKeyword(keyword, value, schema)
    if (check) checks.push(check)
  }
  return (v) => checks.every((check) => check(v))
}

function compileKeyword(keyword: string, value: Value, schema: Doc): Check | undefined {
  switch (keyword) {
    case 'title':
    case 'description':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'additionalItems':
      return undefined
    case 'bsonType':
    case 'type':
      return typeCheck(keyword, value)
    case 'enum': {
      if (!Array.isArray(value) || value.length === 0) throw bad(keyword, 'must be a non-empty array')
      return (v) => value.some((w) => equal(v, w))
    }
    case 'minimum':
    case 'maximum': {
      if (!isNumeric(value)) throw bad(keyword, 'must be a number')
      const strict = schema.get(keyword === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum') === true
      const sign = keyword === 'minimum' ? 1 : -1
      return (v) => !isNumeric(v) || (strict ? compare(v, value) * sign > 0 : compare(v, value) * sign >= 0)
    }
    case 'multipleOf': {
      if (!isNumeric(value)) throw bad(keyword, 'must be a number')
      return (v) => !isNumeric(v) || remainderDecimal(toDecimal(v), toDecimal(value)).coeff === 0n
    }
    case 'minLength':
    case 'maxLength': {
      const n = whole(keyword, value)
      return forString((t) => (keyword === 'minLength' ? [...t].length >= n : [...t].length <= n))
    }
    case 'pattern': {
      if (typeof value !== 'string') throw bad(keyword, 'must be a string')
      const re = compileRegex(value, '')
      return forString((t) => re.test(t))
    }
    case 'minItems':
    case 'maxItems': {
      const n = whole(keyword, value)
      return forArray((a) => (keyword === 'minItems' ? a.length >= n : a.length <= n))
    }
    case 'uniqueItems':
      return value === true
        ? forArray((a) => a.every((v, i) => !a.slice(0, i).some((w) => equal(v, w))))
        : undefined
    case 'items':
      return itemsCheck(value, schema)
    case 'required': {
      const wanted = names(keyword, value)
      return forObject((o) => wanted.every((name) => o.has(name)))
    }
    case 'minProperties':
    case 'maxProperties': {
      const n = whole(keyword, value)
      return forObject((o) => (keyword === 'minProperties' ? o.size >= n : o.size <= n))
    }
    case 'properties':
    case 'patternProperties':
    case 'additionalProperties':
      return propertiesCheck(keyword, value, schema)
    case 'dependencies':
      return dependenciesCheck(value)
    case 'allOf': {
      const all = schemas(keyword, value)
      return (v) => all.every((c) => c(v))
    }
    case 'anyOf': {
      const any = schemas(keyword, value)
      return (v) => any.some((c) => c(v))
    }
    case 'oneOf': {
      const one = schemas(keyword, value)
      return (v) => one.filter((c) => c(v)).length === 1
    }
    case 'not': {
      const not = schemaOf(keyword, value)
      return (v) => !not(v)
    }
    default:
      throw new MongoError('FailedToParse', `Unknown $jsonSchema keyword: ${keyword}`)
  }
}

function typeCheck(keyword: string, value: Value): Check {
  const list = Array.isArray(value) ? value : [value]
  const wanted = new Set(
    list.flatMap((t) => {
      if (typeof t !== 'string') throw bad(keyword, 'must be a string or an array of strings')
      if (keyword === 'bsonType') return typeCodes(t)
      const name = Object.hasOwn(JSON_TYPES, t) ? JSON_TYPES[t] : undefined
      if (!name) throw new MongoError('BadValue', `$jsonSchema type '${t}' is not currently supported.`)
      return typeCodes(name)
    }),
  )
  return (v) => wanted.has(typeCode(v))
}

function itemsCheck(value: Value, schema: Doc): Check {
  if (isDoc(value)) {
    const each = compileSchema(value)
    return forArray((a) => a.every(each))
  }
  const list = schemas('items', value)
  const more = schema.get('additionalItems')
  const rest: Check = more === false ? () => false : isDoc(more) ? compileSchema(more) : () => true
  return forArray((a) => a.every((v, i) => (list[i] ?? rest)(v)))
}

function propertiesCheck(keyword: string, value: Value, schema: Doc): Check {
  if (keyword === 'additionalProperties') {
    if (value === true) return () => true
    const rest: Check = value === false ? () => false : schemaOf(keyword, value)
    const known = schema.get('properties')
    const patterns = schema.get('patternProperties')
    const res = isDoc(patterns) ? [...patterns.keys()].map((p) => compileRegex(p, '')) : []
    return forObject((o) =>
      [...o].every(([k, v]) => (isDoc(known) && known.has(k)) || res.some((re) => re.test(k)) || rest(v)),
    )
  }
  if (!isDoc(value)) throw bad(keyword, 'must be an object')
  const list = [...value].map(([name, s]) => [name, schemaOf(keyword, s)] as const)
  if (keyword === 'properties') {
    return forObject((o) => list.every(([name, check]) => !o.has(name) || check(o.get(name)!)))
  }
  const patterns = list.map(([name, check]) => [compileRegex(name, ''), check] as const)
  return forObject((o) => [...o].every(([k, v]) => patterns.every(([re, check]) => !re.test(k) || check(v))))
}

function dependenciesCheck(value: Value): Check {
  if (!isDoc(value)) throw bad('dependencies', 'must be an object')
  const list = [...value].map(([name, d]): [string, Check] => {
    if (isDoc(d)) return [name, compileSchema(d)]
    const wanted = names('dependencies', d)
    return [name, forObject((o) => wanted.every((w) => o.has(w)))]
  })
  return forObject((o) => list.every(([name, check]) => !o.has(name) || check(o)))
}
