/** The parsed form of a query: what the matcher evaluates and the planner reads. */
import type { Collation } from '../bson/collation.ts'
import type { Doc, Value } from '../bson/values.ts'
import { anyAtPath, type MatchState, rootOf, type Test } from './path.ts'

/** One operator on one path. */
export interface Leaf {
  readonly kind: 'leaf'
  readonly path: string
  readonly parts: readonly string[]
  readonly op: string
  readonly operand: Value
  /** Whether an array at the end of the path offers its elements too. */
  readonly expand: boolean
  readonly test: Test
}
export interface Group {
  readonly kind: 'and' | 'or' | 'nor'
  readonly of: readonly Filter[]
}
/** A condition on the whole document (`$expr`, `$jsonSchema`). `roots` undefined: needs every field. */
export interface Whole {
  readonly kind: 'whole'
  readonly op: string
  readonly roots: ReadonlySet<string> | undefined
  readonly test: (document: Doc) => boolean
  /** Predicates that every match fulfils too, for the planner. */
  readonly implied?: readonly Leaf[] | undefined
}
export type Filter = Leaf | Group | Whole

export interface ParsedFilter {
  readonly root: Filter
  readonly collation: Collation | undefined
  readonly source: Doc
}

export function matches(filter: Filter, document: Doc, state?: MatchState): boolean {
  switch (filter.kind) {
    case 'leaf':
      return filter.parts.length === 1 && !state
        ? leafOfRoot(filter, document.get(filter.path))
        : anyAtPath(document, filter.parts, 0, filter.expand, filter.test, state)
    case 'and':
      for (const f of filter.of) if (!matches(f, document, state)) return false
      return true
    case 'or':
      for (const f of filter.of) if (matches(f, document, state)) return true
      return false
    case 'nor':
      for (const f of filter.of) if (matches(f, document)) return false
      return true
    default:
      return filter.test(document)
  }
}

function leafOfRoot(leaf: Leaf, value: Value | undefined): boolean {
  if (leaf.expand && Array.isArray(value)) for (const element of value) if (leaf.test(element)) return true
  return leaf.test(value)
}

/** The top-level fields that a filter reads; undefined when it may read any. */
export function rootsOf(filter: Filter, into = new Set<string>()): Set<string> | undefined {
  if (filter.kind === 'leaf') into.add(rootOf(filter.path))
  else if (filter.kind === 'whole') {
    if (!filter.roots) return undefined
    for (const root of filter.roots) into.add(root)
  } else for (const f of filter.of) if (!rootsOf(f, into)) return undefined
  return into
}
