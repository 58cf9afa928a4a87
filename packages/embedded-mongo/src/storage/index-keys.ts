/** Extracts index keys from documents, as MongoDB's btree key generator does. */
import { compoundKey } from '../bson/key.ts'
import { type Doc, isDoc, UNDEFINED, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { matches } from '../query/filter.ts'
import { isIndex } from '../query/path.ts'
import type { Index } from './index-spec.ts'

export interface ExtractedKeys {
  /** Distinct keys, in order. */
  readonly keys: Uint8Array[]
  /** Per field: whether an array was expanded for it. */
  readonly multikey: boolean[]
  /** The values behind the first key, for messages. */
  readonly values: (Value | undefined)[][]
}

/** Where one field of the index has got to: the value there and the parts of the path that remain. */
interface Cursor {
  readonly value: Value | undefined
  readonly at: number
  readonly done: boolean
}

const NONE: ExtractedKeys = { keys: [], multikey: [], values: [] }

export function extractKeys(document: Doc, index: Index): ExtractedKeys {
  if (index.partial && !matches(index.partial.filter, document)) return NONE
  const multikey = index.fields.map(() => false)
  const rows: (Value | undefined)[][] = []
  expand(
    index,
    index.fields.map(() => ({ value: document, at: 0, done: false })),
    multikey,
    rows,
  )
  const kept = index.sparse ? rows.filter((row) => row.some((v) => v !== undefined)) : rows
  const pairs = kept.map((row) => ({ key: compoundKey(row, index.directions), row }))
  if (pairs.length > 1) {
    pairs.sort((a, b) => Buffer.compare(a.key, b.key))
    const distinct = pairs.filter((p, i) => i === 0 || Buffer.compare(p.key, pairs[i - 1]!.key) !== 0)
    return { keys: distinct.map((p) => p.key), multikey, values: distinct.map((p) => p.row) }
  }
  return { keys: pairs.map((p) => p.key), multikey, values: pairs.map((p) => p.row) }
}

function expand(index: Index, cursors: Cursor[], multikey: boolean[], rows: (Value | undefined)[][]): void {
  let array: Value[] | undefined
  const atArray: boolean[] = []
  const next = cursors.map((cursor, i) => {
    const moved = advance(cursor, index.fields[i]!.parts)
    atArray.push(!moved.done)
    if (!moved.done) {
      if (array !== undefined && array !== moved.value) {
        throw new MongoError(
          'CannotIndexParallelArrays',
          `cannot index parallel arrays in index ${index.name}`,
        )
      }
      array = moved.value as Value[]
    }
    return moved
  })
  if (array === undefined) {
    rows.push(next.map((c) => c.value))
    return
  }
  atArray.forEach((here, i) => {
    if (here) multikey[i] = true
  })
  if (array.length === 0) {
    // An empty array has the key `undefined` when it is the indexed value itself, null when the path goes on.
    rows.push(fillEmpty(index, next, atArray))
    return
  }
  for (const element of array) {
    const inside = next.map((cursor, i): Cursor => {
      if (!atArray[i]) return cursor
      const { parts } = index.fields[i]!
      if (cursor.at === parts.length) return { value: element, at: cursor.at, done: true }
      return isDoc(element)
        ? { value: element, at: cursor.at, done: false }
        : { value: undefined, at: parts.length, done: true }
    })
    expand(index, inside, multikey, rows)
  }
}

function fillEmpty(index: Index, cursors: Cursor[], atArray: boolean[]): (Value | undefined)[] {
  return cursors.map((cursor, i) => {
    if (!atArray[i]) return cursor.value
    return cursor.at === index.fields[i]!.parts.length ? UNDEFINED : undefined
  })
}

/** Follows the path to its end (`done`) or to the first array that has to be expanded. */
function advance(cursor: Cursor, parts: readonly string[]): Cursor {
  if (cursor.done) return cursor
  let { value, at } = cursor
  while (at < parts.length) {
    if (isDoc(value)) value = value.get(parts[at]!)
    else if (Array.isArray(value)) {
      if (!isIndex(parts[at]!) || Number(parts[at]) >= value.length) return { value, at, done: false }
      value = value[Number(parts[at])]
    } else return { value: undefined, at: parts.length, done: true }
    at += 1
  }
  return Array.isArray(value) ? { value, at, done: false } : { value, at, done: true }
}
