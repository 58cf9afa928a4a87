import fc from 'fast-check'
import { type Collection, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compareStrings } from '../src/bson/compare.ts'
import { decode } from '../src/bson/decode.ts'
import { sortComparator, sortSpec } from '../src/query/sort.ts'
import { type Server, startTestServer } from './support.ts'

let server: Server
let bare: Collection
let indexed: Collection

const INDEXES: [Record<string, 1 | -1>, object][] = [
  [{ a: 1 }, {}],
  [{ a: -1, b: 1 }, {}],
  [{ 'a.c': 1 }, {}],
  [{ b: 1, c: -1 }, { sparse: true }],
  [{ c: 1 }, { partialFilterExpression: { c: { $gt: 1 } } }],
  [{ 'b.d': 1, 'b.c': 1 }, {}],
]

beforeAll(async () => {
  server = await startTestServer()
  const db = (await server.client()).db('property')
  bare = db.collection('bare')
  indexed = db.collection('indexed')
  for (const [keys, options] of INDEXES) await indexed.createIndex(keys, options)
})
afterAll(() => server[Symbol.asyncDispose]())

const id = new ObjectId()
const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) },
  fc.constantFrom<unknown>(
    null,
    true,
    'x',
    'xy',
    'y',
    1.5,
    id,
    new Date(1),
    new Date(2),
    Long.fromNumber(2),
    new Double(3),
  ),
  fc.constantFrom<unknown>(
    Decimal128.fromString('1.5'),
    Decimal128.fromString('2'),
    new MinKey(),
    new MaxKey(),
    new Int32(1),
  ),
)
const inner = fc.dictionary(fc.constantFrom('c', 'd'), fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), {
  maxKeys: 2,
})
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  fc.array(fc.oneof(scalar, inner, fc.array(scalar, { maxLength: 2 })), { maxLength: 3 }),
  inner,
)
const document = fc.dictionary(fc.constantFrom('a', 'b', 'c'), value, { maxKeys: 3 })
const path = fc.constantFrom('a', 'b', 'c', 'a.c', 'b.d', 'b.c', 'a.0')

const condition = fc.oneof(
  value,
  fc
    .record({ op: fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), v: scalar })
    .map(({ op, v }) => ({ [op]: v })),
  fc.tuple(scalar, scalar).map(([a, b]) => ({ $gte: a, $lt: b })),
  fc.array(scalar, { minLength: 1, maxLength: 3 }).map((list) => ({ $in: list })),
  fc.array(scalar, { maxLength: 2 }).map((list) => ({ $nin: list })),
  fc.array(scalar, { minLength: 1, maxLength: 2 }).map((list) => ({ $all: list })),
  fc.boolean().map((b) => ({ $exists: b })),
  fc.constantFrom<unknown>(
    { $type: 'string' },
    { $type: 'number' },
    { $size: 1 },
    { $regex: '^x' },
    /^xy/,
    /y/i,
  ),
  fc.tuple(scalar, scalar).map(([a, b]) => ({ $elemMatch: { $gte: a, $lte: b } })),
  scalar.map((v) => ({ $elemMatch: { c: v } })),
  scalar.map((v) => ({ $not: { $gt: v } })),
)
const clause = fc.tuple(path, condition).map(([p, c]) => ({ [p]: c }))
const query: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  clause,
  fc.tuple(clause, clause).map(([a, b]) => ({ ...a, ...b })),
  fc.array(clause, { minLength: 1, maxLength: 3 }).map((list) => ({ $and: list })),
  fc.array(clause, { minLength: 1, maxLength: 3 }).map((list) => ({ $or: list })),
  fc
    .tuple(clause, fc.array(clause, { minLength: 1, maxLength: 2 }))
    .map(([a, list]) => ({ ...a, $or: list })),
  fc.array(clause, { minLength: 1, maxLength: 2 }).map((list) => ({ $nor: list })),
)
const sort = fc.constantFrom<Record<string, 1 | -1>>(
  { a: 1 },
  { a: -1 },
  { a: -1, b: 1 },
  { a: 1, b: -1 },
  { b: 1, c: -1 },
  { c: 1 },
)

test('queries answer the same with and without indexes, and sorted queries in the same order of keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { minLength: 1, maxLength: 40 }),
      fc.array(fc.tuple(query, sort), { minLength: 10, maxLength: 25 }),
      async (documents, queries) => {
        await Promise.all([bare.deleteMany({}), indexed.deleteMany({})])
        const stored: Record<string, unknown>[] = []
        for (const [i, d] of documents.entries()) {
          const withId = { _id: i as never, ...d }
          // Parallel arrays in a compound index are refused, here and in MongoDB.
          const ok = await indexed.insertOne(withId).then(
            () => true,
            (e) => (e.code === 171 ? false : Promise.reject(e)),
          )
          if (ok) stored.push(withId)
        }
        if (stored.length > 0) await bare.insertMany(stored as never)
        for (const [q, s] of queries) {
          const [x, y] = await Promise.all([indexed.find(q).toArray(), bare.find(q).toArray()])
          expect(x.map((d) => Number(d._id)).sort(), JSON.stringify(q)).toEqual(
            y.map((d) => Number(d._id)).sort(),
          )
          const raw = await indexed.find(q, { raw: true }).sort(s).toArray()
          const decoded = raw.map((d) => decode(new Uint8Array(d as unknown as Uint8Array)))
          const order = sortComparator(sortSpec(new Map(Object.entries(s))), compareStrings)
          for (let i = 1; i < decoded.length; i++) {
            expect(order(decoded[i - 1]!, decoded[i]!)).toBeLessThanOrEqual(0)
          }
          expect(decoded).toHaveLength(x.length)
          const full = { ...s, _id: 1 } as const
          const [p, r] = await Promise.all([
            indexed.find(q).sort(full).toArray(),
            bare.find(q).sort(full).toArray(),
          ])
          expect(
            p.map((d) => d._id),
            JSON.stringify([q, s]),
          ).toEqual(r.map((d) => d._id))
        }
        const check = await indexed.db.command({ validate: 'indexed' })
        expect(check.errors).toEqual([])
      },
    ),
    { numRuns: 40 },
  )
}, 240_000)
