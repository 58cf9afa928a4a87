/** Updates against MongoDB's specification of their operators, written down once more, plainly, over small documents. */
import fc from 'fast-check'
import type { Collection, Document } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
let c: Collection<Document>
beforeAll(async () => {
  server = await startTestServer({ env: { LATHE_MONGO_SYNCHRONOUS: 'NORMAL' } })
  c = (await server.client()).db('updates').collection('c')
})
afterAll(() => server[Symbol.asyncDispose]())

type Plain = number | string | null | Plain[]
type Fields = Record<string, Plain>
/** What an operator makes of a field (undefined: not there); REFUSED when MongoDB refuses it. */
type Rule = (old: Plain | undefined, operand: never) => Plain | undefined | typeof REFUSED
const REFUSED = Symbol('refused')

/** Null, numbers, strings, arrays: BSON's order of what the test uses. */
function order(a: Plain, b: Plain): number {
  const rank = (v: Plain) => (v === null ? 0 : typeof v === 'number' ? 1 : typeof v === 'string' ? 2 : 3)
  if (rank(a) !== rank(b)) return rank(a) - rank(b)
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const n = order(a[i]!, b[i]!)
      if (n !== 0) return n
    }
    return a.length - b.length
  }
  return a === b ? 0 : a! < b! ? -1 : 1
}
const same = (a: Plain, b: Plain) => order(a, b) === 0
const onArray = (change: (list: Plain[], operand: never) => Plain[]): Rule => {
  return (old, operand) =>
    old === undefined ? change([], operand) : Array.isArray(old) ? change(old, operand) : REFUSED
}
const onPresentArray = (change: (list: Plain[], operand: never) => Plain[]): Rule => {
  return (old, operand) =>
    old === undefined ? undefined : Array.isArray(old) ? change(old, operand) : REFUSED
}

interface Push {
  $each: Plain[]
  $position?: number
  $slice?: number
  $sort?: 1 | -1
}

function push(list: Plain[], { $each, $position, $slice, $sort }: Push): Plain[] {
  const at =
    $position === undefined ? list.length : $position < 0 ? Math.max(0, list.length + $position) : $position
  const out = [...list.slice(0, at), ...$each, ...list.slice(at)]
  if ($sort !== undefined) out.sort((a, b) => order(a, b) * $sort)
  if ($slice === undefined) return out
  return $slice >= 0 ? out.slice(0, $slice) : out.slice($slice)
}

const RULES: Record<string, Rule> = {
  $set: (_old, operand: Plain) => operand,
  $unset: () => undefined,
  $inc: (old, n: number) => (old === undefined ? n : typeof old === 'number' ? old + n : REFUSED),
  $mul: (old, n: number) => (old === undefined ? 0 : typeof old === 'number' ? old * n + 0 : REFUSED),
  $min: (old, v: Plain) => (old === undefined || order(v, old) < 0 ? v : old),
  $max: (old, v: Plain) => (old === undefined || order(v, old) > 0 ? v : old),
  $push: onArray(push as never),
  $addToSet: onArray((list, { $each }: { $each: Plain[] }) => {
    const out = [...list]
    for (const v of $each) if (!out.some((w) => same(v, w))) out.push(v)
    return out
  }),
  $pop: onPresentArray((list, end: number) => (end === 1 ? list.slice(0, -1) : list.slice(1))),
  $pullAll: onPresentArray((list, gone: Plain[]) => list.filter((v) => !gone.some((w) => same(v, w)))),
  $pull: onPresentArray((list, { $gte }: { $gte: number }) =>
    list.filter((v) => !(typeof v === 'number' && v >= $gte)),
  ),
  $bit: (old, { xor }: { xor: number }) =>
    old === undefined ? xor : typeof old === 'number' ? old ^ xor : REFUSED,
}

type Operation = readonly [operator: string, path: string, operand: unknown]

/** All operators of an update work on what was there before; the first that is refused refuses the whole update. */
function specified(document: Fields, operations: readonly Operation[]): Fields | typeof REFUSED {
  const out = { ...document }
  for (const [operator, path, operand] of operations) {
    const value = RULES[operator]!(document[path], operand as never)
    if (value === REFUSED) return REFUSED
    if (value === undefined) delete out[path]
    else out[path] = value
  }
  return out
}

const small = fc.integer({ min: -4, max: 4 })
const scalar: fc.Arbitrary<Plain> = fc.oneof(small, fc.constantFrom<Plain>('a', 'b', null))
const list = fc.array(scalar, { maxLength: 4 })
const value: fc.Arbitrary<Plain> = fc.oneof(scalar, list, fc.array(list, { maxLength: 2 }))
const path = fc.constantFrom('p', 'q', 'r', 's')
const pushed = fc.record(
  {
    $each: list,
    $position: small,
    $slice: small,
    $sort: fc.constantFrom<1 | -1>(1, -1),
  },
  { requiredKeys: ['$each'] },
)
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.tuple(fc.constantFrom('$set', '$min', '$max'), path, value),
  fc.tuple(fc.constantFrom('$inc', '$mul'), path, small),
  fc.tuple(fc.constant('$unset'), path, fc.constant('')),
  fc.tuple(fc.constant('$push'), path, pushed),
  fc.tuple(fc.constant('$addToSet'), path, fc.record({ $each: list })),
  fc.tuple(fc.constant('$pop'), path, fc.constantFrom(1, -1)),
  fc.tuple(fc.constant('$pullAll'), path, list),
  fc.tuple(fc.constant('$pull'), path, fc.record({ $gte: small })),
  fc.tuple(fc.constant('$bit'), path, fc.record({ xor: fc.nat(15) })),
)
const document = fc.dictionary(path, value, { maxKeys: 4 })
const operations = fc.uniqueArray(operation, { selector: ([, p]) => p, minLength: 1, maxLength: 3 })

function updateOf(list: readonly Operation[]): Document {
  const update: Document = {}
  for (const [operator, p, operand] of list) update[operator] = { ...update[operator], [p]: operand }
  return update
}

test('updates do what their specification says, or are refused and change nothing', async () => {
  let next = 0
  await fc.assert(
    fc.asyncProperty(document, operations, async (before, list) => {
      const _id = next++ as never
      await c.insertOne({ _id, ...before })
      const expected = specified(before as Fields, list)
      const outcome = await c.updateOne({ _id }, updateOf(list)).then(
        (result) => result.modifiedCount,
        (error) => error.code as number,
      )
      const { _id: _, ...after } = (await c.findOne({ _id }))!
      if (expected === REFUSED) {
        expect([2, 14]).toContain(outcome)
        expect(after).toEqual(before)
        return
      }
      expect(after).toEqual(expected)
      // Nothing is reported as modified that is not.
      expect(outcome).toBe(JSON.stringify(sorted(after)) === JSON.stringify(sorted(before)) ? 0 : 1)
    }),
    { numRuns: 600 },
  )
})

function sorted(fields: Document): unknown[] {
  return Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))
}

test('an upsert makes what the query and the update say together', async () => {
  let next = 0
  await fc.assert(
    fc.asyncProperty(document, operations, async (equalities, list) => {
      const key = `u${next++}`
      const scalars = Object.fromEntries(Object.entries(equalities).filter(([, v]) => !Array.isArray(v)))
      const expected = specified(scalars as Fields, list)
      const refused = await c
        .updateOne({ _id: key as never, ...scalars }, updateOf(list), { upsert: true })
        .then(
          () => false,
          () => true,
        )
      const stored = await c.findOne({ _id: key as never })
      expect(refused).toBe(expected === REFUSED)
      expect(stored).toEqual(expected === REFUSED ? null : { _id: key, ...expected })
    }),
    { numRuns: 200 },
  )
})
