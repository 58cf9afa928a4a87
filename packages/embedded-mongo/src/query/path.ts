/** How dotted paths reach into documents and arrays, as MongoDB's queries do. */
import { type Doc, isDoc, type Value } from '../bson/values.ts'

const NUMERIC = /^(0|[1-9]\d{0,8})$/

export function isIndex(part: string): boolean {
  return NUMERIC.test(part)
}

/** Remembers which element of the outermost array made a query match, for the positional operators. */
export interface MatchState {
  position: number | undefined
}

/** A test that searches an array itself (`$elemMatch`, `$all`) says in `state` which element it was. */
export type Test = (value: Value | undefined, state?: MatchState) => boolean

/**
 * Whether any value that `parts` reaches passes `test`. Arrays on the way are searched element by element (and by index
 * where the part is a number). At the end of the path an array offers its elements, then itself, if `expand`.
 */
export function anyAtPath(
  value: Value | undefined,
  parts: readonly string[],
  at: number,
  expand: boolean,
  test: Test,
  state?: MatchState,
  index?: number,
): boolean {
  if (at === parts.length) return atLeaf(value, expand, test, state, index)
  const part = parts[at]!
  if (isDoc(value)) return anyAtPath(value.get(part), parts, at + 1, expand, test, state, index)
  if (!Array.isArray(value)) return hit(test(undefined), state, index)
  for (let i = 0; i < value.length; i++) {
    const element = value[i]
    if (isDoc(element) && anyAtPath(element, parts, at, expand, test, state, index ?? i)) return true
  }
  if (!isIndex(part)) return false
  const i = Number(part)
  return i < value.length && anyAtPath(value[i], parts, at + 1, expand, test, state, index ?? i)
}

function atLeaf(
  value: Value | undefined,
  expand: boolean,
  test: Test,
  state: MatchState | undefined,
  index: number | undefined,
): boolean {
  if (expand && Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (test(value[i])) return hit(true, state, index ?? i)
  }
  return hit(test(value, state), state, index)
}

function hit(matched: boolean, state: MatchState | undefined, index: number | undefined): boolean {
  if (matched && state && index !== undefined) state.position = index
  return matched
}

/** All values that a path reaches, arrays at the end not expanded: what `distinct` and sort keys are made of. */
export function valuesAtPath(
  value: Value | undefined,
  parts: readonly string[],
  at: number,
  out: Value[],
): void {
  if (at === parts.length) {
    if (value !== undefined) out.push(value)
    return
  }
  const part = parts[at]!
  if (isDoc(value)) valuesAtPath(value.get(part), parts, at + 1, out)
  else if (Array.isArray(value)) {
    for (const element of value) if (isDoc(element)) valuesAtPath(element, parts, at, out)
    if (isIndex(part)) valuesAtPath(value[Number(part)], parts, at + 1, out)
  }
}

/** The first part of a dotted path. */
export function rootOf(path: string): string {
  const dot = path.indexOf('.')
  return dot < 0 ? path : path.slice(0, dot)
}

/** The value at a path without entering arrays but by index. */
export function getPath(value: Doc, path: string): Value | undefined {
  let current: Value | undefined = value
  for (const part of path.split('.')) {
    if (isDoc(current)) current = current.get(part)
    else if (Array.isArray(current) && isIndex(part)) current = current[Number(part)]
    else return undefined
  }
  return current
}
