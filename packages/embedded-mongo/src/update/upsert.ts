import { clone, type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Filter } from '../query/filter.ts'
import type { Updater } from './parse-update.ts'
import { newObjectId, withId } from './storable.ts'

/** Equalities that every match of the filter must have. */
function equalities(filter: Filter, into: Map<string, Value>): void {
  if (filter.kind === 'and' || (filter.kind === 'or' && filter.of.length === 1)) {
    for (const f of filter.of) equalities(f, into)
    return
  }
  if (filter.kind !== 'leaf') return
  let value: Value | undefined
  if (filter.op === '$eq') value = filter.operand
  else if (filter.op === '$all' && Array.isArray(filter.operand) && filter.operand.length === 1)
    value = filter.operand[0]
  else if (filter.op === '$in' && Array.isArray(filter.operand) && filter.operand.length === 1)
    value = filter.operand[0]
  if (value === undefined) return
  for (const path of into.keys()) {
    if (path === filter.path || path.startsWith(`${filter.path}.`) || filter.path.startsWith(`${path}.`)) {
      throw new MongoError(
        'NotSingleValueField',
        `cannot infer query fields to set, path '${filter.path}' is matched twice`,
      )
    }
  }
  into.set(filter.path, value)
}

/** The document that an upsert inserts when nothing matched. */
export function upsertDocument(filter: Filter, updater: Updater): Doc {
  const seed: Doc = new Map()
  const found = new Map<string, Value>()
  equalities(filter, found)
  for (const [path, value] of found) {
    if (updater.kind === 'replacement' && path !== '_id') continue
    let target = seed
    const parts = path.split('.')
    for (const part of parts.slice(0, -1)) {
      let next = target.get(part)
      if (!isDoc(next)) {
        next = new Map()
        target.set(part, next)
      }
      target = next
    }
    target.set(parts.at(-1)!, clone(value))
  }
  const out = updater.apply(seed, { inserting: true, position: undefined })
  return out.has('_id') ? withId(out) : new Map<string, Value>([['_id', newObjectId()], ...out])
}
