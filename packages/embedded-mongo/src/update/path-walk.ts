/** Walks an update path (`a.b.3`, `a.$.b`, `a.$[].b`, `a.$[id].b`) to the places it names, making what is missing. */
import { type Doc, isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import { isIndex } from '../query/path.ts'
import { shellText } from '../storage/shell-text.ts'

const MAX_PADDING = 1_500_000

export type Container = Doc | Value[]

export interface WalkContext {
  /** Array index that the query matched, for `$`. */
  readonly position: number | undefined
  readonly arrayFilters: ReadonlyMap<string, (element: Value) => boolean>
  /** Whether documents on the way are made when missing. */
  readonly create: boolean
}

/** A place that exists or can be made: a key of a document or an index of an array. */
export interface Place {
  get(): Value | undefined
  set(value: Value): void
  remove(): void
  readonly inArray: boolean
}

function placeOf(container: Container, key: string): Place {
  if (isDoc(container)) {
    return {
      get: () => container.get(key),
      set: (value) => {
        container.set(key, value)
      },
      remove: () => {
        container.delete(key)
      },
      inArray: false,
    }
  }
  const index = Number(key)
  return {
    get: () => container[index],
    set: (value) => {
      if (index - container.length > MAX_PADDING) {
        throw new MongoError('BadValue', `Cannot pad array by more than ${MAX_PADDING} elements`)
      }
      while (container.length < index) container.push(null)
      container[index] = value
    },
    // An array keeps its length: what is unset there becomes null.
    remove: () => {
      if (index < container.length) container[index] = null
    },
    inArray: true,
  }
}

function notViable(part: string, parts: readonly string[], at: number, value: Value): MongoError {
  const name = parts[at - 1] ?? ''
  return new MongoError(
    'PathNotViable',
    `Cannot create field '${part}' in element {${name}: ${shellText(value)}}`,
  )
}

/** Calls `visit` for every place that the path names. */
export function walk(
  container: Container,
  parts: readonly string[],
  at: number,
  ctx: WalkContext,
  visit: (place: Place, concrete: readonly string[]) => void,
  concrete: readonly string[] = [],
): void {
  for (const key of keysFor(container, parts, at, ctx)) {
    if (Array.isArray(container) && !isIndex(key)) {
      if (!ctx.create) continue
      throw notViable(key, parts, at, container)
    }
    const place = placeOf(container, key)
    const here = [...concrete, key]
    if (at === parts.length - 1) {
      visit(place, here)
      continue
    }
    let child = place.get()
    if (child === undefined) {
      if (!ctx.create) continue
      if (parts[at + 1]!.startsWith('$[')) throw missingArray(here.join('.'))
      child = new Map()
      place.set(child)
    }
    if (isDoc(child) || Array.isArray(child)) walk(child, parts, at + 1, ctx, visit, here)
    else if (ctx.create) throw notViable(parts[at + 1]!, parts, at + 1, child)
  }
}

function missingArray(path: string): MongoError {
  return new MongoError(
    'BadValue',
    `The path '${path}' must exist in the document in order to apply array updates.`,
  )
}

function keysFor(container: Container, parts: readonly string[], at: number, ctx: WalkContext): string[] {
  const part = parts[at]!
  if (part === '$') {
    if (ctx.position === undefined) {
      throw new MongoError(
        'BadValue',
        'The positional operator did not find the match needed from the query.',
      )
    }
    return [String(ctx.position)]
  }
  if (!part.startsWith('$[')) return [part]
  if (!Array.isArray(container)) {
    throw new MongoError(
      'BadValue',
      `Cannot apply array updates to non-array element ${parts[at - 1] ?? ''}: ${shellText(container)}`,
    )
  }
  const id = part.slice(2, -1)
  const test = id === '' ? () => true : ctx.arrayFilters.get(id)!
  return container.flatMap((element, i) => (test(element) ? [String(i)] : []))
}
