import { identical } from '../bson/compare.ts'
import { Binary, type Doc, isDoc, ObjectId, Regex, Undefined, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'

/** How deeply stored documents may nest. */
export const MAX_STORED_DEPTH = 100

let counter = Math.floor(Math.random() * 0xffffff)
const processPart = crypto.getRandomValues(new Uint8Array(5))

export function newObjectId(): ObjectId {
  counter = (counter + 1) & 0xffffff
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, Math.floor(Date.now() / 1000))
  bytes.set(processPart, 4)
  view.setUint16(9, counter >> 8)
  bytes[11] = counter & 0xff
  return new ObjectId(bytes)
}

function checkDepth(value: Value, depth: number): void {
  if (depth > MAX_STORED_DEPTH) {
    throw new MongoError('Overflow', `Document exceeds maximum nested object depth: ${MAX_STORED_DEPTH}`)
  }
  if (isDoc(value)) for (const v of value.values()) checkDepth(v, depth + 1)
  else if (Array.isArray(value)) for (const v of value) checkDepth(v, depth + 1)
}

/** Refuses documents that cannot be stored. */
export function checkStorable(document: Doc): void {
  for (const value of document.values()) if (isDoc(value) || Array.isArray(value)) checkDepth(value, 2)
  const id = document.get('_id')
  if (Array.isArray(id)) throw new MongoError('InvalidIdField', "The '_id' value cannot be of type array")
  if (id instanceof Regex) throw new MongoError('InvalidIdField', "The '_id' value cannot be of type regex")
  if (id instanceof Undefined)
    throw new MongoError('InvalidIdField', "The '_id' value cannot be of type undefined")
  if (isDoc(id)) {
    for (const key of id.keys()) {
      if (key.startsWith('$'))
        throw new MongoError(
          'DollarPrefixedFieldName',
          `The dollar ($) prefixed field '${key}' in '_id.${key}' is not valid for storage.`,
        )
    }
  }
}

/** The document with `_id` first, made when missing. */
export function withId(document: Doc): Doc {
  if (document.keys().next().value === '_id') return document
  const id = document.get('_id')
  const out: Doc = new Map([['_id', id === undefined ? newObjectId() : id]])
  for (const [key, value] of document) if (key !== '_id') out.set(key, value)
  return out
}

/** Refuses an update that changes `_id`. */
export function checkIdKept(before: Doc, after: Doc, replaced: boolean): void {
  if (identical(before.get('_id'), after.get('_id'))) return
  throw new MongoError(
    'ImmutableField',
    replaced
      ? `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${describe(after.get('_id'))}`
      : "Performing an update on the path '_id' would modify the immutable field '_id'",
  )
}

function describe(value: Value | undefined): string {
  if (value instanceof ObjectId) return value.toHex()
  return value instanceof Binary ? 'BinData' : String(value)
}
