import { compare, type StringOrder } from '../bson/compare.ts'
import { asInteger } from '../bson/types.ts'
import { type Doc, isDoc, UNDEFINED, type Value } from '../bson/values.ts'
import { MongoError, notSupported } from '../errors.ts'
import { valuesAtPath } from './path.ts'

export interface SortField {
  readonly path: string
  readonly parts: readonly string[]
  readonly direction: 1 | -1
}

export function sortSpec(value: Value | undefined): SortField[] {
  if (value === undefined) return []
  if (!isDoc(value)) throw new MongoError('TypeMismatch', `Expected field 'sort' to be of type object`)
  if (value.size > 32) throw new MongoError(13103, 'too many compound keys')
  return [...value].map(([path, direction]) => {
    if (isDoc(direction)) {
      if (direction.has('$meta')) throw notSupported('$meta sort')
      throw new MongoError(15974, `Illegal key in $sort specification: ${path}`)
    }
    const n = asInteger(direction)
    if (n !== 1 && n !== -1)
      throw new MongoError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)')
    if (path === '') throw new MongoError(15976, 'FieldPath cannot be constructed with empty string')
    if (path.startsWith('$'))
      throw new MongoError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      )
    const parts = path.split('.')
    if (parts.includes('')) throw new MongoError(15998, 'FieldPath field names may not be empty strings.')
    return { path, parts, direction: n }
  })
}

/** The value that a document sorts by: of an array its least (ascending) or greatest element. */
export function sortKey(document: Doc, field: SortField, strings: StringOrder): Value {
  const value = field.parts.length === 1 ? document.get(field.path) : undefined
  if (field.parts.length === 1 && !Array.isArray(value)) return value ?? null
  const found: Value[] = []
  valuesAtPath(document, field.parts, 0, found)
  if (found.length === 0) return null
  let best: Value | undefined
  for (const v of found) {
    const candidates = Array.isArray(v) ? (v.length === 0 ? [UNDEFINED] : v) : [v]
    for (const c of candidates) {
      if (best === undefined || compare(c, best, strings) * field.direction < 0) best = c
    }
  }
  return best ?? null
}

export function sortKeys(document: Doc, fields: readonly SortField[], strings: StringOrder): Value[] {
  return fields.map((f) => sortKey(document, f, strings))
}

export function compareSortKeys(
  a: Value[],
  b: Value[],
  fields: readonly SortField[],
  strings: StringOrder,
): number {
  for (let i = 0; i < fields.length; i++) {
    const c = compare(a[i], b[i], strings) * fields[i]!.direction
    if (c !== 0) return c
  }
  return 0
}

export function sortComparator(
  fields: readonly SortField[],
  strings: StringOrder,
): (a: Doc, b: Doc) => number {
  return (a, b) =>
    compareSortKeys(sortKeys(a, fields, strings), sortKeys(b, fields, strings), fields, strings)
}
