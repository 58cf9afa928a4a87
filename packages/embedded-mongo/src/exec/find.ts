/** Runs a query: scan, filter, sort, skip, limit. Yields stored records, with the array index that matched. */

import { compareStrings } from '../bson/compare.ts'
import { decode, decodeFields } from '../bson/decode.ts'
import type { Value } from '../bson/values.ts'
import { type Plan, plan } from '../plan/planner.ts'
import { matches, type ParsedFilter, rootsOf } from '../query/filter.ts'
import { type MatchState, rootOf } from '../query/path.ts'
import { compareSortKeys, type SortField, sortKeys } from '../query/sort.ts'
import { type Collection, indexTable } from '../storage/collection.ts'
import type { StoredRecord } from '../storage/records.ts'
import { MemoryBudget, type Operation } from './operation.ts'
import { scan } from './scan.ts'
import type { View } from './view.ts'

export interface FoundRecord extends StoredRecord {
  readonly position: number | undefined
}

export interface FindRequest {
  readonly filter: ParsedFilter
  readonly sort?: readonly SortField[]
  readonly skip?: number
  /** 0: no limit. */
  readonly limit?: number
  readonly hint?: Value | undefined
  /** Whether to find out which array element matched. */
  readonly positional?: boolean
}

export function planFind(view: View, collection: Collection, request: FindRequest): Plan {
  const overlay = view.overlay(collection)
  return plan(collection, {
    filter: request.filter,
    sort: request.sort ?? [],
    hint: request.hint,
    mayBeSorted: !overlay || overlay.size === 0,
    usable: (index) => view.hasTable(indexTable(index)),
  })
}

export async function* find(
  view: View,
  collection: Collection,
  request: FindRequest,
  op: Operation,
  chosen: Plan = planFind(view, collection, request),
): AsyncGenerator<FoundRecord[]> {
  const sort = request.sort ?? []
  const skip = request.skip ?? 0
  const limit = request.limit || Infinity
  const matched = filtered(view, collection, request, op, chosen)
  const ordered = chosen.sorted || sort.length === 0 ? matched : sorted(matched, request, op, skip + limit)
  let toSkip = skip
  let left = limit
  for await (const batch of ordered) {
    let out = batch
    if (toSkip > 0) {
      out = batch.slice(toSkip)
      toSkip -= batch.length - out.length
    }
    if (out.length > left) out = out.slice(0, left)
    left -= out.length
    if (out.length > 0) yield out
    if (left <= 0) return
  }
}

async function* filtered(
  view: View,
  collection: Collection,
  request: FindRequest,
  op: Operation,
  chosen: Plan,
): AsyncGenerator<FoundRecord[]> {
  const { root } = request.filter
  const roots = rootsOf(root)
  const everything = root.kind === 'and' && root.of.length === 0
  for await (const batch of scan(view, collection, chosen, op)) {
    const out: FoundRecord[] = []
    for (const record of batch) {
      if (everything) {
        out.push({ ...record, position: undefined })
        continue
      }
      const document = roots && roots.size > 0 ? decodeFields(record.raw, roots) : decode(record.raw)
      const state: MatchState | undefined = request.positional ? { position: undefined } : undefined
      if (matches(root, document, state)) out.push({ ...record, position: state?.position })
    }
    if (out.length > 0) yield out
  }
}

interface Sortable {
  readonly record: FoundRecord
  readonly keys: Value[]
}

async function* sorted(
  input: AsyncGenerator<FoundRecord[]>,
  request: FindRequest,
  op: Operation,
  keep: number,
): AsyncGenerator<FoundRecord[]> {
  const fields = request.sort!
  const strings = request.filter.collation?.order ?? compareStrings
  const roots = new Set(fields.map((f) => rootOf(f.path)))
  const order = (a: Sortable, b: Sortable) => compareSortKeys(a.keys, b.keys, fields, strings)
  const budget = new MemoryBudget('Sort')
  let items: Sortable[] = []
  for await (const batch of input) {
    for (const record of batch) {
      items.push({ record, keys: sortKeys(decodeFields(record.raw, roots), fields, strings) })
      budget.add(record.raw.length + 64)
    }
    // A limited sort keeps only what can still be in the answer.
    if (items.length > 2 * keep + 1000) {
      items = items.sort(order).slice(0, keep)
      budget.set(items.reduce((n, i) => n + i.record.raw.length + 64, 0))
    }
    await op.pause()
  }
  items.sort(order)
  const end = Math.min(items.length, keep)
  for (let i = 0; i < end; i += 500) yield items.slice(i, Math.min(end, i + 500)).map((item) => item.record)
}
