/** Which ranges of an index field's keys can hold what a predicate matches: always a superset, the matcher decides. */
import { canonicalType, compareBytes } from '../bson/compare.ts'
import { prefixEnd, typeRange, valueKey } from '../bson/key.ts'
import { isDoc, Regex, type Value } from '../bson/values.ts'
import type { Leaf } from '../query/filter.ts'
import { literalPrefix } from '../query/regex.ts'

/** Keys from `lo` up to but without `hi`; `hi` undefined is the end. `point`: the keys of exactly one value. */
export interface Interval {
  readonly lo: Uint8Array
  readonly hi: Uint8Array | undefined
  readonly point: boolean
}

export const EVERYTHING: Interval = { lo: new Uint8Array(), hi: undefined, point: false }

function point(value: Value): Interval {
  const lo = valueKey(value)
  return { lo, hi: prefixEnd(lo), point: true }
}

function byte(b: number): Uint8Array {
  return new Uint8Array([b])
}

/** Whether a collation other than binary changes what equals or precedes the value. */
export function collatable(value: Value): boolean {
  return typeof value === 'string' || isDoc(value) || Array.isArray(value) || canonicalType(value) === 15
}

function equality(value: Value): Interval[] | undefined {
  // An array may match as a whole or by its elements, which the keys do not tell apart.
  return Array.isArray(value) ? undefined : [point(value)]
}

function comparison(op: string, value: Value): Interval[] | undefined {
  const type = canonicalType(value)
  if (Array.isArray(value) || type === 1 || type === 127 || type === 3) return undefined
  if (type === 5) return op === '$gte' || op === '$lte' ? [point(null)] : []
  const bracket = typeRange(type)
  const key = valueKey(value)
  const after = prefixEnd(key)!
  switch (op) {
    case '$gt':
      return [{ lo: after, hi: byte(bracket.to), point: false }]
    case '$gte':
      return [{ lo: key, hi: byte(bracket.to), point: false }]
    case '$lt':
      return [{ lo: byte(bracket.from), hi: key, point: false }]
    default:
      return [{ lo: byte(bracket.from), hi: after, point: false }]
  }
}

function regex(value: Value): Interval[] | undefined {
  if (!(value instanceof Regex)) return undefined
  const prefix = literalPrefix(value.pattern, value.flags)
  if (prefix === '' || prefix.includes('\0')) return undefined
  const lo = new Uint8Array([typeRange(15).from, ...Buffer.from(prefix)])
  return sortIntervals([{ lo, hi: prefixEnd(lo), point: false }, point(value)])
}

/** The intervals of one predicate, in order; undefined when it does not limit the keys. */
export function intervalsOf(leaf: Leaf, collated: boolean): Interval[] | undefined {
  const { op, operand } = leaf
  if (collated && (op === '$in' && Array.isArray(operand) ? operand.some(collatable) : collatable(operand)))
    return undefined
  switch (op) {
    case '$eq':
      return equality(operand)
    case '$gt':
    case '$gte':
    case '$lt':
    case '$lte':
      return comparison(op, operand)
    case '$in': {
      const list = operand as Value[]
      if (list.some((v) => Array.isArray(v) || v instanceof Regex)) return undefined
      return mergeIntervals(list.map(point))
    }
    case '$all': {
      const first = (operand as Value[])[0]
      if (first === undefined || Array.isArray(first) || first instanceof Regex || isDoc(first))
        return undefined
      return equality(first)
    }
    case '$regex':
      return collated ? undefined : regex(operand)
    default:
      return undefined
  }
}

export function sortIntervals(list: Interval[]): Interval[] {
  return list.sort((a, b) => compareBytes(a.lo, b.lo))
}

function minHigh(a: Uint8Array | undefined, b: Uint8Array | undefined): Uint8Array | undefined {
  if (!a || !b) return a ?? b
  return compareBytes(a, b) <= 0 ? a : b
}

/** Sorted, without overlaps. */
export function mergeIntervals(list: Interval[]): Interval[] {
  const out: Interval[] = []
  for (const next of sortIntervals([...list])) {
    const last = out.at(-1)
    if (!last || (last.hi && compareBytes(last.hi, next.lo) <= 0)) {
      out.push(next)
      continue
    }
    if (last.point && next.point && compareBytes(last.lo, next.lo) === 0) continue
    const hi = last.hi && next.hi ? (compareBytes(last.hi, next.hi) >= 0 ? last.hi : next.hi) : undefined
    out[out.length - 1] = { lo: last.lo, hi, point: false }
  }
  return out
}

export function intersect(a: Interval[], b: Interval[]): Interval[] {
  const out: Interval[] = []
  for (const x of a) {
    for (const y of b) {
      const lo = compareBytes(x.lo, y.lo) >= 0 ? x.lo : y.lo
      const hi = minHigh(x.hi, y.hi)
      if (!hi || compareBytes(lo, hi) < 0) out.push({ lo, hi, point: x.point || y.point })
    }
  }
  return sortIntervals(out)
}

function invertBytes(bytes: Uint8Array): Uint8Array {
  return bytes.map((b) => ~b & 0xff)
}

/** The same interval over the inverted keys of a descending field. */
export function invert({ lo, hi, point: isPoint }: Interval): Interval {
  if (isPoint) {
    const inverted = invertBytes(lo)
    return { lo: inverted, hi: prefixEnd(inverted), point: true }
  }
  return {
    lo: hi ? (prefixEnd(invertBytes(hi)) ?? new Uint8Array()) : new Uint8Array(),
    hi: lo.length > 0 ? prefixEnd(invertBytes(lo)) : undefined,
    point: false,
  }
}

/** An interval behind the fixed keys of the fields before it. */
export function prefixed(prefix: Uint8Array, { lo, hi, point: isPoint }: Interval): Interval {
  if (prefix.length === 0) return { lo, hi, point: isPoint }
  return {
    lo: new Uint8Array(Buffer.concat([prefix, lo])),
    hi: hi ? new Uint8Array(Buffer.concat([prefix, hi])) : prefixEnd(prefix),
    point: isPoint,
  }
}
