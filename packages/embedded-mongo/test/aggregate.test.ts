import { type Collection, type Db, Decimal128, type Document, Double, Int32, Long, ObjectId } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
let db: Db
let sales: Collection<Document>
beforeAll(async () => {
  server = await startTestServer()
  db = (await server.client()).db('agg')
  sales = db.collection('sales')
  await sales.insertMany([
    { _id: 1 as never, item: 'a', price: 10, qty: 2, at: new Date('2024-01-31T10:00:00Z'), tags: ['x', 'y'] },
    { _id: 2 as never, item: 'b', price: 20, qty: 1, at: new Date('2024-02-29T23:30:00Z'), tags: ['y'] },
    { _id: 3 as never, item: 'a', price: 5, qty: 10, at: new Date('2024-03-10T07:30:00Z'), tags: [] },
    { _id: 4 as never, item: 'c', price: null, qty: 4 },
  ])
  await db.collection<Document>('items').insertMany([
    { _id: 'a' as never, name: 'Apple', parent: 'root' },
    { _id: 'b' as never, name: 'Bean', parent: 'a' },
    { _id: 'root' as never, name: 'Root' },
  ])
})
afterAll(() => server[Symbol.asyncDispose]())

const run = (...pipeline: Document[]) => sales.aggregate(pipeline).toArray()
const error = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (e) => e.code as number,
  )

describe('stages', () => {
  test('$group with accumulators', async () => {
    expect(
      await run(
        {
          $group: {
            _id: '$item',
            total: { $sum: { $multiply: ['$price', '$qty'] } },
            n: { $count: {} },
            avg: { $avg: '$price' },
            max: { $max: '$price' },
            ids: { $push: '$_id' },
            first: { $first: '$qty' },
          },
        },
        { $sort: { _id: 1 } },
      ),
    ).toEqual([
      { _id: 'a', total: 70, n: 2, avg: 7.5, max: 10, ids: [1, 3], first: 2 },
      { _id: 'b', total: 20, n: 1, avg: 20, max: 20, ids: [2], first: 1 },
      { _id: 'c', total: 0, n: 1, avg: null, max: null, ids: [4], first: 4 },
    ])
  })

  test('$unwind in all its forms', async () => {
    expect((await run({ $unwind: '$tags' }, { $project: { tags: 1 } })).map((d) => [d._id, d.tags])).toEqual([
      [1, 'x'],
      [1, 'y'],
      [2, 'y'],
    ])
    const kept = await run(
      { $unwind: { path: '$tags', includeArrayIndex: 'i', preserveNullAndEmptyArrays: true } },
      { $project: { i: 1 } },
    )
    expect(kept.map((d) => [d._id, d.i])).toEqual([
      [1, 0],
      [1, 1],
      [2, 0],
      [3, null],
      [4, null],
    ])
  })

  test('$lookup by fields, by pipeline, and both', async () => {
    const simple = await run(
      { $lookup: { from: 'items', localField: 'item', foreignField: '_id', as: 'i' } },
      { $project: { n: '$i.name' } },
    )
    expect(simple.map((d) => d.n)).toEqual([['Apple'], ['Bean'], ['Apple'], []])
    const unindexed = await run(
      { $lookup: { from: 'items', localField: 'item', foreignField: 'parent', as: 'i' } },
      { $project: { n: '$i.name' } },
    )
    expect(unindexed.map((d) => d.n)).toEqual([['Bean'], [], ['Bean'], []])
    const piped = await run(
      { $match: { _id: 1 } },
      {
        $lookup: {
          from: 'items',
          let: { x: '$item' },
          pipeline: [{ $match: { $expr: { $eq: ['$_id', '$$x'] } } }, { $project: { _id: 0, name: 1 } }],
          as: 'i',
        },
      },
    )
    expect(piped[0]!.i).toEqual([{ name: 'Apple' }])
  })

  test('$facet, $bucket, $sortByCount, $count, $unionWith, $sample, $replaceWith', async () => {
    const [facet] = await run({
      $facet: {
        n: [{ $count: 'n' }],
        top: [{ $sort: { qty: -1 } }, { $limit: 1 }, { $project: { _id: 1 } }],
      },
    })
    expect(facet).toEqual({ n: [{ n: 4 }], top: [{ _id: 3 }] })
    expect(await run({ $bucket: { groupBy: '$qty', boundaries: [0, 3, 6], default: 'more' } })).toEqual([
      { _id: 0, count: 2 },
      { _id: 3, count: 1 },
      { _id: 'more', count: 1 },
    ])
    expect(await run({ $unwind: '$tags' }, { $sortByCount: '$tags' })).toEqual([
      { _id: 'y', count: 2 },
      { _id: 'x', count: 1 },
    ])
    expect(
      await run({ $unionWith: { coll: 'items', pipeline: [{ $match: { _id: 'a' } }] } }, { $count: 'n' }),
    ).toEqual([{ n: 5 }])
    expect(await run({ $sample: { size: 2 } })).toHaveLength(2)
    expect(await run({ $limit: 1 }, { $replaceWith: { z: '$item' } })).toEqual([{ z: 'a' }])
  })

  test('$graphLookup', async () => {
    const [b] = await db
      .collection('items')
      .aggregate([
        { $match: { name: 'Bean' } },
        {
          $graphLookup: {
            from: 'items',
            startWith: '$parent',
            connectFromField: 'parent',
            connectToField: '_id',
            as: 'up',
            depthField: 'd',
          },
        },
      ])
      .toArray()
    expect(b!.up).toEqual([
      { _id: 'a', name: 'Apple', parent: 'root', d: 0 },
      { _id: 'root', name: 'Root', d: 1 },
    ])
  })

  test('$setWindowFields', async () => {
    const out = await run(
      {
        $setWindowFields: {
          sortBy: { _id: 1 },
          output: {
            running: { $sum: '$qty', window: { documents: ['unbounded', 'current'] } },
            rank: { $documentNumber: {} },
            previous: { $shift: { output: '$qty', by: -1, default: 0 } },
          },
        },
      },
      { $project: { running: 1, rank: 1, previous: 1 } },
    )
    expect(out).toEqual([
      { _id: 1, running: 2, rank: 1, previous: 0 },
      { _id: 2, running: 3, rank: 2, previous: 2 },
      { _id: 3, running: 13, rank: 3, previous: 1 },
      { _id: 4, running: 17, rank: 4, previous: 10 },
    ])
  })

  test('$out replaces a collection, $merge updates one', async () => {
    await run({ $match: { item: 'a' } }, { $project: { qty: 1 } }, { $out: 'made' })
    expect(await db.collection('made').find().toArray()).toEqual([
      { _id: 1, qty: 2 },
      { _id: 3, qty: 10 },
    ])
    await run(
      { $project: { more: '$price' } },
      { $merge: { into: 'made', whenMatched: 'merge', whenNotMatched: 'discard' } },
    )
    expect(await db.collection('made').find().toArray()).toEqual([
      { _id: 1, qty: 2, more: 10 },
      { _id: 3, qty: 10, more: 5 },
    ])
    expect((await db.listCollections().toArray()).filter((x) => x.name.startsWith('tmp'))).toEqual([])
  })

  test('$redact', async () => {
    const c = db.collection('redact')
    await c.insertOne({
      _id: 1 as never,
      level: 1,
      sub: { level: 5, x: 1 },
      list: [{ level: 1 }, { level: 9 }],
    })
    expect(
      await c
        .aggregate([{ $redact: { $cond: [{ $lte: ['$level', 3] }, '$$DESCEND', '$$PRUNE'] } }])
        .toArray(),
    ).toEqual([{ _id: 1, level: 1, list: [{ level: 1 }] }])
  })

  test('work is bounded: memory and nesting', async () => {
    expect(await error(run({ $project: { x: { $range: [0, 2 ** 31 - 1] } } }))).toBe(292)
    let stage: Document = { $match: {} }
    for (let i = 0; i < 30; i++) stage = { $lookup: { from: 'items', pipeline: [stage], as: 'x' } }
    expect(await error(run(stage))).toBeDefined()
  })
})

/** A branch of `$switch`; as a Map, because an object with a `then` looks like a promise. */
function branch(when: boolean, then: number): Map<string, unknown> {
  return new Map<string, unknown>([
    ['case', when],
    ['then', then],
  ])
}

describe('expressions', () => {
  const date = new Date('2024-03-10T07:30:15.250Z')
  const cases: [Document | string, unknown][] = [
    [{ $add: [1, 2] }, 3],
    [{ $add: [date, 1000] }, new Date(date.getTime() + 1000)],
    [{ $subtract: [date, new Date(0)] }, Long.fromNumber(date.getTime()).toNumber()],
    [{ $divide: [7, 2] }, 3.5],
    [{ $mod: [-7, 3] }, -1],
    [{ $round: [2.5] }, 2],
    [{ $round: [-2.345, 2] }, -2.35],
    [{ $trunc: [123.456, -1] }, 120],
    [{ $pow: [2, 10] }, 1024],
    [{ $concat: ['a', 'b'] }, 'ab'],
    [{ $concat: ['a', null] }, null],
    [{ $toUpper: 'äbc' }, 'äBC'],
    [{ $substrCP: ['ñandú', 1, 3] }, 'and'],
    [{ $indexOfCP: ['abcabc', 'c', 3] }, 5],
    [{ $split: ['a,b,c', ','] }, ['a', 'b', 'c']],
    [{ $trim: { input: '  x ' } }, 'x'],
    [{ $replaceAll: { input: 'a.b.c', find: '.', replacement: { $literal: '$1' } } }, 'a$1b$1c'],
    [
      { $regexFind: { input: 'abc123', regex: '([a-z]+)(\\d+)' } },
      { match: 'abc123', idx: 0, captures: ['abc', '123'] },
    ],
    [{ $strLenBytes: 'é' }, 2],
    [{ $cond: [{ $gt: [1, 2] }, 'y', 'n'] }, 'n'],
    [{ $ifNull: ['$missing', null, 'x'] }, 'x'],
    [
      {
        $switch: {
          branches: [branch(false, 1), branch(true, 2)],
          default: 3,
        },
      },
      2,
    ],
    [{ $map: { input: [1, 2], as: 'v', in: { $multiply: ['$$v', 10] } } }, [10, 20]],
    [{ $filter: { input: [1, 2, 3, 4], cond: { $gt: ['$$this', 1] }, limit: 2 } }, [2, 3]],
    [{ $reduce: { input: [1, 2, 3], initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, 6],
    [{ $let: { vars: { a: 1, b: 2 }, in: { $add: ['$$a', '$$b'] } } }, 3],
    [{ $slice: [[1, 2, 3, 4], -2] }, [3, 4]],
    [{ $arrayElemAt: [[1, 2], -1] }, 2],
    [{ $concatArrays: [[1], [2]] }, [1, 2]],
    [{ $in: [2, [1, 2]] }, true],
    [
      { $zip: { inputs: [[1, 2], ['a']], useLongestLength: true, defaults: [0, 'z'] } },
      [
        [1, 'a'],
        [2, 'z'],
      ],
    ],
    [{ $sortArray: { input: [3, 1, 2], sortBy: -1 } }, [3, 2, 1]],
    [
      {
        $setUnion: [
          [1, 2],
          [2, 3],
        ],
      },
      [1, 2, 3],
    ],
    [{ $setDifference: [[1, 2, 2], [2]] }, [1]],
    [{ $setIsSubset: [[1], [1, 2]] }, true],
    [{ $mergeObjects: [{ a: 1 }, null, { b: 2 }] }, { a: 1, b: 2 }],
    [{ $objectToArray: { a: 1 } }, [{ k: 'a', v: 1 }]],
    [{ $arrayToObject: [[['a', 1]]] }, { a: 1 }],
    [{ $getField: { field: 'a.b', input: { $literal: { 'a.b': 4 } } } }, 4],
    [{ $type: Decimal128.fromString('1') }, 'decimal'],
    [{ $toInt: '42' }, 42],
    [{ $toString: 1.5 }, '1.5'],
    [{ $toDate: '2024-03-10T07:30:15.250Z' }, date],
    [{ $convert: { input: 'x', to: 'int', onError: 'bad' } }, 'bad'],
    [{ $year: date }, 2024],
    [{ $hour: { date, timezone: 'America/New_York' } }, 3],
    [{ $hour: { date, timezone: '+05:30' } }, 13],
    [{ $isoWeek: date }, 10],
    [
      { $dateToString: { date, format: '%Y/%m/%d %H:%M:%S.%L %z', timezone: 'Europe/Berlin' } },
      '2024/03/10 08:30:15.250 +0100',
    ],
    [{ $dateFromString: { dateString: '10.03.2024', format: '%d.%m.%Y' } }, new Date('2024-03-10')],
    [{ $dateAdd: { startDate: new Date('2024-01-31'), unit: 'month', amount: 1 } }, new Date('2024-02-29')],
    [
      {
        $dateDiff: {
          startDate: new Date('2023-12-31T23:59:00Z'),
          endDate: new Date('2024-01-01'),
          unit: 'year',
        },
      },
      1,
    ],
    [{ $dateTrunc: { date, unit: 'week', startOfWeek: 'monday' } }, new Date('2024-03-04')],
    [{ $dateFromParts: { year: 2024, month: 14, day: 1 } }, new Date('2025-02-01')],
    [{ $cmp: [1, '1'] }, -1],
    [{ $eq: [{ $literal: '$x' }, { $literal: '$x' }] }, true],
    [{ $and: [1, '', 'x'] }, true],
    [{ $bitXor: [5, 3] }, 6],
    [{ $sum: [1, 'x', [2], 3] }, 4],
    [{ $avg: [[1, 2, 3]] }, 2],
  ]
  test.each(cases)('%j', async (expression, expected) => {
    const [out] = await db
      .aggregate([{ $documents: [{}] }, { $project: { _id: 0, v: expression } }])
      .toArray()
    expect(out!.v).toEqual(expected)
  })

  test('numbers keep their types', async () => {
    const pipeline = [
      { $documents: [{}] },
      {
        $project: {
          i: { $add: [new Int32(1), new Int32(2)] },
          wide: { $add: [new Int32(2147483647), new Int32(1)] },
          d: { $add: [new Double(1), new Int32(2)] },
          m: { $multiply: [Decimal128.fromString('0.1'), 3] },
          over: { $add: [Long.MAX_VALUE, Long.fromNumber(1)] },
        },
      },
    ]
    const [out] = await db.aggregate(pipeline, { promoteValues: false }).toArray()
    expect(out).toEqual({
      i: new Int32(3),
      wide: Long.fromString('2147483648'),
      d: new Double(3),
      m: Decimal128.fromString('0.3'),
      over: new Double(2 ** 63),
    })
  })

  test('ids of documents travel through $toString and back', async () => {
    const oid = new ObjectId()
    const [out] = await db
      .aggregate([{ $documents: [{ o: oid }] }, { $project: { s: { $toObjectId: { $toString: '$o' } } } }])
      .toArray()
    expect(out!.s).toEqual(oid)
  })
})
