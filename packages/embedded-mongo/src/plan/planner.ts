/** Chooses how to find the candidates of a query: by an index, by several for `$or`, or by reading everything. */

import { equal } from '../bson/compare.ts'
import { asInteger } from '../bson/types.ts'
import { isDoc, type Value } from '../bson/values.ts'
import { MongoError } from '../errors.ts'
import type { Filter, Leaf, ParsedFilter } from '../query/filter.ts'
import { isIndex } from '../query/path.ts'
import type { SortField } from '../query/sort.ts'
import type { Collection } from '../storage/collection.ts'
import type { Index } from '../storage/index-spec.ts'
import {
  EVERYTHING,
  type Interval,
  intersect,
  intervalsOf,
  invert,
  mergeIntervals,
  prefixed,
} from './intervals.ts'
import { impliesPartial } from './partial.ts'

export interface IndexPlan {
  readonly kind: 'index'
  readonly index: Index
  readonly ranges: readonly Interval[]
  readonly reverse: boolean
  /** Whether candidates come in the order of the sort. */
  readonly sorted: boolean
  readonly score: number
}
export interface CollectionPlan {
  readonly kind: 'collection'
  readonly reverse: boolean
  readonly sorted: boolean
}
export interface UnionPlan {
  readonly kind: 'union'
  readonly plans: readonly IndexPlan[]
  readonly sorted: false
}
export type Plan = IndexPlan | CollectionPlan | UnionPlan

export interface PlanRequest {
  readonly filter: ParsedFilter
  readonly sort: readonly SortField[]
  readonly hint?: Value | undefined
  /** False when uncommitted changes of a transaction are mixed in, so that no index order can be relied on. */
  readonly mayBeSorted?: boolean
  /** Whether the reader has the index. */
  readonly usable?: (index: Index) => boolean
}

const MAX_RANGES = 1000

export function plan(collection: Collection, request: PlanRequest): Plan {
  const natural = naturalSort(request)
  if (natural) return { kind: 'collection', reverse: natural < 0, sorted: true }
  const leaves = conjuncts(request.filter.root)
  const hinted = request.hint === undefined ? undefined : hintedIndex(collection, request.hint)
  const indexes = hinted
    ? [hinted]
    : collection.readyIndexes.filter((i) => !i.hidden && (request.usable?.(i) ?? true))
  let best: IndexPlan | undefined
  for (const index of indexes) {
    const candidate = indexPlan(index, leaves, request, hinted !== undefined)
    if (candidate && (!best || candidate.score > best.score)) best = candidate
  }
  if (best && (best.score > 0 || hinted)) return best
  const union = hinted ? undefined : unionPlan(collection, request)
  return union ?? { kind: 'collection', reverse: false, sorted: request.sort.length === 0 }
}

function naturalSort({ sort, hint }: PlanRequest): number | undefined {
  const asked =
    sort[0]?.path === '$natural'
      ? sort[0].direction
      : isDoc(hint)
        ? asInteger(hint.get('$natural'))
        : undefined
  return asked === undefined ? undefined : asked
}

export function hintedIndex(collection: Collection, hint: Value): Index {
  const found =
    typeof hint === 'string'
      ? collection.readyIndexes.find((i) => i.name === hint)
      : isDoc(hint)
        ? collection.readyIndexes.find((i) => equal(i.spec.get('key'), hint))
        : undefined
  if (!found)
    throw new MongoError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    )
  return found
}

/** The predicates that every match fulfils. */
export function conjuncts(filter: Filter, into: Leaf[] = []): Leaf[] {
  if (filter.kind === 'leaf') into.push(filter)
  else if (filter.kind === 'and' || (filter.kind === 'or' && filter.of.length === 1)) {
    for (const f of filter.of) conjuncts(f, into)
  } else if (filter.kind === 'whole' && filter.implied) into.push(...filter.implied)
  return into
}

/** Intervals of one index field; undefined when nothing limits it. */
function fieldIntervals(
  index: Index,
  at: number,
  leaves: readonly Leaf[],
  collated: boolean,
): Interval[] | undefined {
  const field = index.fields[at]!
  let out: Interval[] | undefined
  for (const leaf of leaves) {
    if (leaf.path !== field.path) continue
    const intervals = intervalsOf(leaf, collated)
    if (!intervals) continue
    if (!out) out = intervals
    // On arrays two predicates may be met by different elements: only one of them may limit the keys.
    else if (index.multikey[at]) {
      if (!out.every((i) => i.point) && intervals.every((i) => i.point)) out = intervals
    } else out = intersect(out, intervals)
  }
  return out
}

function indexPlan(
  index: Index,
  leaves: readonly Leaf[],
  request: PlanRequest,
  forced: boolean,
): IndexPlan | undefined {
  const { filter } = request
  if (index.fields.some((f) => f.parts.some(isIndex))) return undefined
  if (index.partial && !impliesPartial(leaves, index.partial.filter)) return forced ? refuseHint() : undefined
  const collated = filter.collation !== undefined
  const perField: (Interval[] | undefined)[] = []
  let multikeyUsed = false
  for (let i = 0; i < index.fields.length; i++) {
    // Fields that share an array have keys of one element each: bounds on two of them could miss matches.
    const usable = !(index.multikey[i] && multikeyUsed)
    const intervals = usable ? fieldIntervals(index, i, leaves, collated) : undefined
    if (intervals && index.multikey[i]) multikeyUsed = true
    perField.push(intervals)
  }
  if (index.sparse && !forced && !sparseUsable(index, leaves)) return undefined
  const order =
    request.mayBeSorted === false || collated ? undefined : sortDirection(index, perField, request.sort)
  const built = buildRanges(index, perField)
  let score = built.equalities * 10 + (built.ranged ? 5 : 0)
  if (index.unique && built.equalities === index.fields.length) score += 1000
  if (order !== undefined && request.sort.length > 0)
    score += built.equalities + Number(built.ranged) > 0 ? 7 : 2
  if (score === 0 && !forced) return undefined
  return {
    kind: 'index',
    index,
    ranges: built.ranges,
    reverse: order === -1,
    sorted: request.sort.length === 0 || order !== undefined,
    score,
  }
}

function refuseHint(): undefined {
  throw new MongoError(
    'BadValue',
    'error processing query: planner returned error :: caused by :: the hinted partial index does not cover the query',
  )
}

/** A sparse index may be used when some field of it must be present. */
function sparseUsable(index: Index, leaves: readonly Leaf[]): boolean {
  return leaves.some((leaf) => index.fields.some((f) => f.path === leaf.path) && requiresPresence(leaf))
}

export function requiresPresence(leaf: Leaf): boolean {
  return !leaf.test(undefined)
}

function buildRanges(index: Index, perField: readonly (Interval[] | undefined)[]) {
  let prefixes: Uint8Array[] = [new Uint8Array()]
  let equalities = 0
  for (const [i, intervals] of perField.entries()) {
    if (!intervals) break
    const directed = index.directions[i]! < 0 ? intervals.map(invert) : intervals
    const points = directed.every((iv) => iv.point) && prefixes.length * directed.length <= MAX_RANGES
    if (!points) {
      const ranges = prefixes.flatMap((p) => directed.map((iv) => prefixed(p, iv)))
      return { ranges: mergeIntervals(ranges), equalities, ranged: true }
    }
    prefixes = prefixes.flatMap((p) => directed.map((iv) => prefixed(p, iv).lo))
    equalities += 1
  }
  if (equalities === 0) return { ranges: [EVERYTHING], equalities, ranged: false }
  const ranges = prefixes.map(
    (p): Interval => prefixed(p, { lo: new Uint8Array(), hi: undefined, point: true }),
  )
  return { ranges: mergeIntervals(ranges), equalities, ranged: false }
}

/** 1 or -1 when reading the index forwards or backwards yields the sort order. */
function sortDirection(
  index: Index,
  perField: readonly (Interval[] | undefined)[],
  sort: readonly SortField[],
): 1 | -1 | undefined {
  if (index.multikey.some(Boolean)) return undefined
  const fixed = (i: number) => perField[i]?.length === 1 && perField[i]![0]!.point
  let direction: 1 | -1 | undefined
  let at = 0
  for (const wanted of sort) {
    const own = index.fields.findIndex((f) => f.path === wanted.path)
    if (own >= 0 && fixed(own)) continue
    while (at < index.fields.length && index.fields[at]!.path !== wanted.path && fixed(at)) at += 1
    if (index.fields[at]?.path !== wanted.path) return undefined
    const relative = (index.fields[at]!.direction * wanted.direction) as 1 | -1
    if (direction !== undefined && direction !== relative) return undefined
    direction = relative
    at += 1
  }
  return direction ?? 1
}

function unionPlan(collection: Collection, request: PlanRequest): UnionPlan | undefined {
  const top = request.filter.root
  const or = top.kind === 'or' ? top : top.kind === 'and' ? top.of.find((f) => f.kind === 'or') : undefined
  if (or?.kind !== 'or' || or.of.length === 0) return undefined
  const rest = top.kind === 'and' ? top.of.filter((f) => f !== or) : []
  const plans: IndexPlan[] = []
  for (const branch of or.of) {
    const sub = plan(collection, {
      ...request,
      sort: [],
      filter: {
        ...request.filter,
        root: { kind: 'and', of: [branch, ...rest.filter((f) => f.kind === 'leaf')] },
      },
    })
    if (sub.kind !== 'index') return undefined
    plans.push(sub)
  }
  return { kind: 'union', plans, sorted: false }
}

/** For explain: what a plan looks like. */
export function rangesText(ranges: readonly Interval[]): string[] {
  const hex = (bytes: Uint8Array | undefined) => (bytes ? Buffer.from(bytes).toString('hex') : 'end')
  return ranges.map((r) => `[${hex(r.lo)}, ${hex(r.hi)})`)
}
