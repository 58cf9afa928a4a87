import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finite } from '../src/bson/decimal.ts'
import { type Doc, doc, Int32, type Value } from '../src/bson/values.ts'
import { queryContext } from '../src/query/context.ts'
import { matches } from '../src/query/filter.ts'
import { parseQuery } from '../src/query/parse.ts'

/**
 * The oracle knows values as plain JS: a number `n` stands for any of MongoDB's numeric types with that value, so what
 * it computes with `===` and `<` must hold whatever types the server's documents and queries use.
 */
type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain }

const scalar: fc.Arbitrary<Plain> = fc.oneof(
  fc.constantFrom(0, 1, 2, 2.5, -1),
  fc.constantFrom('', 'a', 'b', 'ab'),
  fc.constantFrom<Plain>(null, true, false),
)
const { value } = fc.letrec<{ value: Plain; object: Plain; array: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 3, arbitrary: scalar },
    tie('object'),
    tie('array'),
  ),
  object: fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }) as fc.Arbitrary<Plain>,
  array: fc.array(tie('value'), { maxLength: 3 }),
}))
const document = fc.dictionary(fc.constantFrom('a', 'b'), value, { maxKeys: 2 })
const path = fc.constantFrom('a', 'b', 'a.a', 'a.b', 'b.a', 'a.0', 'a.1.b', 'a.b.a')

/** The same value with each number in one of its types, chosen by `pick`. */
function typed(plain: Plain, pick: () => number): Value {
  if (typeof plain === 'number') {
    const whole = Number.isInteger(plain)
    const forms: Value[] = [
      plain,
      finite(BigInt(plain * 10), -1),
      ...(whole ? [new Int32(plain), BigInt(plain)] : []),
    ]
    return forms[pick() % forms.length]!
  }
  if (Array.isArray(plain)) return plain.map((v) => typed(v, pick))
  if (plain === null || typeof plain !== 'object') return plain
  return new Map(Object.entries(plain).map(([k, v]) => [k, typed(v, pick)]))
}

const MISSING = Symbol('missing')
type Reached = Plain | typeof MISSING

/** Every value at the end of a path, written as MongoDB's manual tells it. */
function reach(value: Plain, parts: readonly string[]): Reached[] {
  const [part, ...rest] = parts
  if (part === undefined) return [value]
  if (Array.isArray(value)) {
    const inside = value
      .filter((v) => v !== null && typeof v === 'object' && !Array.isArray(v))
      .flatMap((v) => reach(v, parts))
    const byIndex = /^\d+$/.test(part) && Number(part) < value.length ? reach(value[Number(part)]!, rest) : []
    return [...inside, ...byIndex]
  }
  if (value === null || typeof value !== 'object') return [MISSING]
  return Object.hasOwn(value, part) ? reach(value[part]!, rest) : [MISSING]
}

/** A path's values with the elements of arrays at its end. */
function candidates(value: Plain, p: string): Reached[] {
  return reach(value, p.split('.')).flatMap((v): Reached[] => (Array.isArray(v) ? [...v, v] : [v]))
}

function same(a: Reached, b: Plain): boolean {
  if (a === MISSING) return b === null
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((v, i) => same(v, b[i]!))
  }
  if (a !== null && b !== null && typeof a === 'object' && typeof b === 'object') {
    const [x, y] = [Object.entries(a), Object.entries(b)]
    return x.length === y.length && x.every(([k, v], i) => k === y[i]![0] && same(v, y[i]![1]))
  }
  return a === b
}

function below(a: Reached, b: Plain): boolean {
  if (typeof a !== typeof b || a === null || b === null || typeof a === 'object') return false
  return (a as number) < (b as number)
}

type Oracle = (document: Plain) => boolean
const any =
  (p: string, test: (v: Reached) => boolean): Oracle =>
  (d) =>
    candidates(d, p).some(test)

const condition: fc.Arbitrary<{ query: (pick: () => number) => Value; oracle: Oracle }> = fc.oneof(
  fc.tuple(path, value).map(([p, v]) => ({
    query: (pick: () => number) => doc({ [p]: doc({ $eq: typed(v, pick) }) }),
    oracle: any(p, (x) => same(x, v)),
  })),
  fc
    .tuple(
      path,
      scalar.filter((v) => v !== null),
      fc.constantFrom('$lt', '$lte', '$gt', '$gte'),
    )
    .map(([p, v, op]) => ({
      query: (pick: () => number) => doc({ [p]: doc({ [op]: typed(v, pick) }) }),
      oracle: any(
        p,
        (x) =>
          (op.endsWith('e') && x !== MISSING && same(x, v)) ||
          (op.startsWith('$l')
            ? below(x, v)
            : x !== MISSING && x !== null && typeof x !== 'object' && below(v as Reached, x)),
      ),
    })),
  fc.tuple(path, fc.array(value, { maxLength: 3 }), fc.boolean()).map(([p, list, negate]) => ({
    query: (pick: () => number) =>
      doc({ [p]: doc({ [negate ? '$nin' : '$in']: list.map((v) => typed(v, pick)) }) }),
    oracle: (d: Plain) => candidates(d, p).some((x) => list.some((v) => same(x, v))) !== negate,
  })),
  fc.tuple(path, fc.boolean()).map(([p, wanted]) => ({
    query: () => doc({ [p]: doc({ $exists: wanted }) }),
    oracle: (d: Plain) => reach(d, p.split('.')).some((x) => x !== MISSING) === wanted,
  })),
  fc.tuple(path, fc.nat(3)).map(([p, n]) => ({
    query: () => doc({ [p]: doc({ $size: new Int32(n) }) }),
    oracle: (d: Plain) => reach(d, p.split('.')).some((x) => Array.isArray(x) && x.length === n),
  })),
  fc.tuple(path, scalar).map(([p, v]) => ({
    query: (pick: () => number) => doc({ [p]: doc({ $elemMatch: doc({ a: typed(v, pick) }) }) }),
    // An element that is itself an array counts as a document whose fields are its indexes.
    oracle: (d: Plain) =>
      reach(d, p.split('.')).some(
        (x) =>
          Array.isArray(x) &&
          x.some(
            (e) =>
              e !== null &&
              typeof e === 'object' &&
              candidates({ ...e } as Plain, 'a').some((y) => same(y, v)),
          ),
      ),
  })),
)

test('the matcher agrees with a brute-force oracle, whatever numeric types are used', () => {
  const query = fc.tuple(condition, condition, fc.constantFrom('one', '$and', '$or', '$nor', '$not'))
  fc.assert(
    fc.property(
      fc.array(document, { minLength: 1, maxLength: 6 }),
      query,
      fc.infiniteStream(fc.nat(7)),
      (documents, [x, y, how], picks) => {
        const pick = () => picks.next().value as number
        const both = [x.query(pick), y.query(pick)]
        const source =
          how === 'one' ? both[0]! : how === '$not' ? doc({ $nor: [both[0]!] }) : doc({ [how]: both })
        const filter = parseQuery(source as Doc, queryContext())
        for (const d of documents) {
          const [p, q] = [x.oracle(d), y.oracle(d)]
          const expected = { one: p, $and: p && q, $or: p || q, $nor: !(p || q), $not: !p }[how]
          expect(matches(filter, typed(d, pick) as Doc), JSON.stringify([d, how])).toBe(expected)
        }
      },
    ),
    { numRuns: 4000 },
  )
})
