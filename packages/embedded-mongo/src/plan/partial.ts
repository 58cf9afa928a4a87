import { canonicalType, compare, equal } from '../bson/compare.ts'
import type { Filter, Leaf } from '../query/filter.ts'

/** Whether every document that fulfils `leaves` is in a partial index with this filter. False when in doubt. */
export function impliesPartial(leaves: readonly Leaf[], partial: Filter): boolean {
  if (partial.kind === 'and') return partial.of.every((f) => impliesPartial(leaves, f))
  if (partial.kind === 'or') return partial.of.some((f) => impliesPartial(leaves, f))
  if (partial.kind !== 'leaf') return false
  return leaves.some((leaf) => leaf.path === partial.path && implies(leaf, partial))
}

function implies(given: Leaf, wanted: Leaf): boolean {
  if (given.op === wanted.op && equal(given.operand, wanted.operand)) return true
  if (wanted.op === '$exists') return !given.test(undefined)
  // What holds for the one value of an equality holds for its matches, arrays aside.
  if (given.op === '$eq' && !Array.isArray(given.operand)) return wanted.test(given.operand)
  if (given.op === '$in' && Array.isArray(given.operand)) {
    return given.operand.length > 0 && given.operand.every((v) => !Array.isArray(v) && wanted.test(v))
  }
  return impliesRange(given, wanted)
}

function impliesRange(given: Leaf, wanted: Leaf): boolean {
  const lower = ['$gt', '$gte']
  const upper = ['$lt', '$lte']
  const side = lower.includes(given.op) ? lower : upper.includes(given.op) ? upper : undefined
  if (!side?.includes(wanted.op) || canonicalType(given.operand) !== canonicalType(wanted.operand))
    return false
  const c = compare(given.operand, wanted.operand) * (side === lower ? 1 : -1)
  return c > 0 || (c === 0 && (wanted.op.endsWith('e') || !given.op.endsWith('e')))
}
