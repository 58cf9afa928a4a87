import {
  type Collection,
  type Db,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
let db: Db
let c: Collection<Document>
let n = 0

beforeAll(async () => {
  server = await startTestServer()
  db = (await server.client()).db('crud')
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  c = db.collection(`c${n++}`)
})

const raw = { promoteValues: false } as const
const id = (_id: unknown): Document => ({ _id })
const error = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (e) => e.code as number,
  )

describe('queries', () => {
  const documents: Document[] = [
    { _id: 1, a: 5 },
    { _id: 2, a: Long.fromNumber(5) },
    { _id: 3, a: Decimal128.fromString('5.0') },
    { _id: 4, a: '5' },
    { _id: 5, a: [1, 5, 9] },
    { _id: 6, a: null },
    { _id: 7 },
    { _id: 8, a: [[5]] },
    { _id: 9, a: { b: 5 } },
    { _id: 10, a: [{ b: 5 }, { b: 7, c: 1 }, {}] },
    { _id: 11, a: [] },
    { _id: 12, a: Number.NaN },
    { _id: 13, a: new Date(5) },
    { _id: 14, a: Long.fromString('9007199254740993') },
  ]
  const cases: [string, Document, unknown[]][] = [
    ['numbers of all types are equal by value', { a: 5 }, [1, 2, 3, 5]],
    ['int64 beyond 2^53 is exact', { a: Long.fromString('9007199254740992') }, []],
    ['and compares exactly', { a: { $gt: Long.fromString('9007199254740992') } }, [14]],
    ['comparisons stay within the type', { a: { $gt: 4 } }, [1, 2, 3, 5, 14]],
    ['NaN is equal to itself only', { a: { $gte: Number.NaN } }, [12]],
    ['NaN is below no number', { a: { $lt: 10 } }, [1, 2, 3, 5]],
    ['null matches missing too', { a: null }, [6, 7]],
    ['$ne null', { a: { $ne: null } }, [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14]],
    ['$exists', { a: { $exists: false } }, [7]],
    ['$in with null', { a: { $in: [null, '5'] } }, [4, 6, 7]],
    ['$nin', { a: { $nin: [5, null] } }, [4, 8, 9, 10, 11, 12, 13, 14]],
    ['arrays match as a whole', { a: [1, 5, 9] }, [5]],
    ['arrays match one level deep', { a: [5] }, [8]],
    ['dotted paths enter arrays', { 'a.b': 5 }, [9, 10]],
    [
      'dotted null matches where a document lacks the field',
      { 'a.b': null },
      [1, 2, 3, 4, 6, 7, 10, 12, 13, 14],
    ],
    ['by index', { 'a.1': 5 }, [5]],
    ['by index and name', { 'a.1.b': 7 }, [10]],
    ['$size', { a: { $size: 3 } }, [5, 10]],
    ['$all', { a: { $all: [1, 9] } }, [5]],
    ['$elemMatch on documents', { a: { $elemMatch: { b: 7, c: 1 } } }, [10]],
    ['$elemMatch on values', { a: { $elemMatch: { $gt: 1, $lt: 9 } } }, [5]],
    ['two conditions may be met by two elements', { a: { $gt: 5, $lt: 2 } }, [5]],
    ['$type by alias', { a: { $type: 'long' } }, [2, 14]],
    ['$type array', { a: { $type: 'array' } }, [5, 8, 10, 11]],
    ['$mod', { a: { $mod: [4, 1] } }, [1, 2, 3, 5, 14]],
    ['$regex', { a: /^5$/ }, [4]],
    ['$not', { a: { $not: { $gt: 4 } } }, [4, 6, 7, 8, 9, 10, 11, 12, 13]],
    ['$nor', { $nor: [{ a: { $exists: true } }] }, [7]],
    ['$expr', { $expr: { $eq: [{ $type: '$a' }, 'string'] } }, [4]],
    ['$bitsAllSet', { a: { $bitsAllSet: 5 } }, [1, 2, 3, 5]],
    ['$jsonSchema', { $jsonSchema: { required: ['a'], properties: { a: { bsonType: 'string' } } } }, [4]],
  ]
  test.each(cases)('%s', async (_name, query, ids) => {
    await c.insertMany(documents)
    expect((await c.find(query).sort({ _id: 1 }).toArray()).map((d) => d._id)).toEqual(ids)
    await c.createIndex({ a: 1 })
    expect((await c.find(query).sort({ _id: 1 }).toArray()).map((d) => d._id)).toEqual(ids)
  })

  test('what is unknown is an error, never ignored', async () => {
    expect(await error(c.find({ a: { $foo: 1 } }).toArray())).toBe(2)
    expect(await error(c.find({ $foo: 1 }).toArray())).toBe(2)
    expect(await error(c.find({ $where: '1' }).toArray())).toBe(238)
    expect(await error(c.aggregate([{ $foo: 1 }]).toArray())).toBe(40324)
    expect(await error(c.aggregate([{ $project: { a: { $foo: 1 } } }]).toArray())).toBe(168)
    expect(await error(db.command({ find: c.collectionName, foo: 1 }))).toBe(40415)
    expect(await error(db.command({ foo: 1 }))).toBe(59)
    expect(await error(c.updateOne({}, { $foo: { a: 1 } }))).toBe(9)
    expect(await error(db.createCollection(`${c.collectionName}v`, { viewOn: 'x' }))).toBe(238)
    expect(await error(c.createIndex({ a: 'text' }))).toBe(238)
  })

  test('snapshots of other commands than reads, and write concerns of more members, are refused', async () => {
    expect(await error(db.command({ count: c.collectionName, readConcern: { level: 'snapshot' } }))).toBe(72)
    expect(await error(c.insertOne({}, { writeConcern: { w: 3 } }))).toBe(100)
    expect(await c.countDocuments()).toBe(0)
  })

  test('sorting mixes types in BSON order, missing as null', async () => {
    const values = [true, 'a', { x: 1 }, [3], null, 2, new ObjectId(), new Date(), undefined]
    await c.insertMany(values.map((v, i) => (v === undefined ? id(i) : { _id: i, v }) as Document))
    const order = (await c.find().sort({ v: 1, _id: 1 }).toArray()).map((d) => d._id)
    expect(order).toEqual([4, 8, 5, 3, 1, 2, 6, 0, 7])
  })

  test('cursors hand out everything in batches, and limit, skip and kill work', async () => {
    await c.insertMany(Array.from({ length: 500 }, (_, i) => ({ _id: i as never, pad: 'x'.repeat(100) })))
    expect(await c.find().batchSize(7).toArray()).toHaveLength(500)
    expect((await c.find().sort({ _id: -1 }).skip(490).limit(5).toArray()).map((d) => d._id)).toEqual([
      9, 8, 7, 6, 5,
    ])
    const cursor = c.find().batchSize(2)
    await cursor.next()
    await cursor.close()
    expect((await c.find().limit(-3).toArray()).length).toBe(3)
    expect(await c.countDocuments({}, { skip: 10, limit: 20 })).toBe(20)
  })

  test('documents of 15 MB come back, a few at a time; of 17 MB they are refused', async () => {
    await c.insertMany([1, 2, 3].map((i) => ({ _id: i as never, pad: Buffer.alloc(15 << 20) })))
    let count = 0
    for await (const d of c.find()) count += d.pad.length() === 15 << 20 ? 1 : 0
    expect(count).toBe(3)
    expect(await error(c.updateOne({ _id: 1 as never }, { $set: { more: Buffer.alloc(2 << 20) } }))).toBe(
      10334,
    )
  })

  test('maxTimeMS ends a long scan', async () => {
    await c.insertMany(Array.from({ length: 20_000 }, (_, i) => ({ i })))
    expect(
      await error(
        c.find({ $expr: { $eq: [{ $sum: { $range: [0, 2000] } }, -1] } }, { maxTimeMS: 50 }).toArray(),
      ),
    ).toBe(50)
  })

  test('a collation compares strings by language', async () => {
    await c.insertMany([
      { _id: 1 as never, s: 'Éa' },
      { _id: 2 as never, s: 'ea' },
      { _id: 3 as never, s: 'z' },
    ])
    await c.createIndex({ s: 1 })
    expect(await c.countDocuments({ s: 'EA' }, { collation: { locale: 'en', strength: 1 } })).toBe(2)
    const sorted = await c.find().sort({ s: 1 }).collation({ locale: 'fr' }).toArray()
    expect(sorted.map((d) => d._id)).toEqual([2, 1, 3])
  })
})

describe('projections', () => {
  const cases: [string, Document, Document][] = [
    ['inclusion', { a: 1 }, { _id: 1, a: { b: 1, c: 2 } }],
    ['exclusion', { a: 0, l: 0, d: 0 }, { _id: 1, x: 7 }],
    ['without _id', { _id: 0, x: 1 }, { x: 7 }],
    ['dotted', { 'a.b': 1 }, { _id: 1, a: { b: 1 } }],
    ['dotted exclusion', { 'd.k': 0, a: 0, l: 0, x: 0 }, { _id: 1, d: [{ v: 1 }, { v: 2 }] }],
    ['$slice', { l: { $slice: 2 }, a: 0, d: 0, x: 0 }, { _id: 1, l: [1, 2] }],
    ['$slice from the end with inclusion', { l: { $slice: [-2, 1] }, x: 1 }, { _id: 1, l: [3], x: 7 }],
    ['$elemMatch', { d: { $elemMatch: { v: 2 } } }, { _id: 1, d: [{ k: 'b', v: 2 }] }],
    ['expressions', { s: { $add: ['$x', 1] }, t: 'text' }, { _id: 1, s: 8, t: 'text' }],
    ['positional', { 'd.$': 1 }, { _id: 1, d: [{ k: 'b', v: 2 }] }],
  ]
  test.each(cases)('%s', async (_name, projection, expected) => {
    await c.insertOne({
      _id: 1 as never,
      a: { b: 1, c: 2 },
      l: [1, 2, 3, 4],
      d: [
        { k: 'a', v: 1 },
        { k: 'b', v: 2 },
      ],
      x: 7,
    })
    expect(await c.findOne({ 'd.v': 2 }, { projection })).toEqual(expected)
  })
  test('mixing inclusion and exclusion is refused', async () => {
    expect(await error(c.find({}, { projection: { a: 1, b: 0 } }).toArray())).toBe(31254)
  })
})

describe('updates', () => {
  const cases: [string, Document, Document, Document][] = [
    ['$set makes paths', { x: 1 }, { $set: { 'a.b.c': 1 } }, { x: 1, a: { b: { c: 1 } } }],
    ['$set in arrays pads with null', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
    ['$unset', { a: 1, l: [1, 2] }, { $unset: { a: '', 'l.0': '', none: '' } }, { l: [null, 2] }],
    [
      '$inc and $mul',
      { a: 1, b: 3 },
      { $inc: { a: 2, n: 5 }, $mul: { b: 4, m: 2 } },
      { a: 3, b: 12, m: 0, n: 5 },
    ],
    ['$min and $max', { a: 5, b: 5 }, { $min: { a: 3, c: 1 }, $max: { b: 3 } }, { a: 3, b: 5, c: 1 }],
    ['$rename', { a: 1, o: { x: 2 } }, { $rename: { a: 'b', 'o.x': 'y' } }, { o: {}, b: 1, y: 2 }],
    [
      '$push with all modifiers',
      { l: [5, 1] },
      { $push: { l: { $each: [3, 9], $position: 0, $sort: -1, $slice: 3 } } },
      { l: [9, 5, 3] },
    ],
    [
      '$push sorts documents',
      { l: [{ k: 2 }] },
      { $push: { l: { $each: [{ k: 1 }], $sort: { k: 1 } } } },
      { l: [{ k: 1 }, { k: 2 }] },
    ],
    [
      '$addToSet',
      { l: [1, { a: 1 }] },
      { $addToSet: { l: { $each: [1, { a: 1 }, 2] } } },
      { l: [1, { a: 1 }, 2] },
    ],
    ['$pop', { l: [1, 2, 3], m: [1, 2] }, { $pop: { l: 1, m: -1 } }, { l: [1, 2], m: [2] }],
    [
      '$pull by value, condition and query',
      { l: [1, 2, 3], m: [{ a: 1 }, { a: 2 }], k: [1, 1] },
      { $pull: { l: { $gte: 2 }, m: { a: 1 }, k: 1 } },
      { l: [1], m: [{ a: 2 }], k: [] },
    ],
    ['$pullAll', { l: [1, 2, 1, 3] }, { $pullAll: { l: [1, 3] } }, { l: [2] }],
    ['$bit', { a: 13 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
    ['$[]', { l: [1, 2] }, { $inc: { 'l.$[]': 10 } }, { l: [11, 12] }],
    ['replacement', { a: 1 }, { b: 2 }, { b: 2 }],
  ]
  test.each(cases)('%s', async (_name, before, update, after) => {
    await c.insertOne({ _id: 1 as never, ...before })
    if (Object.keys(update)[0]!.startsWith('$')) await c.updateOne({ _id: 1 as never }, update)
    else await c.replaceOne({ _id: 1 as never }, update)
    expect(await c.findOne()).toEqual({ _id: 1, ...after })
  })

  test('positional $ and arrayFilters', async () => {
    await c.insertOne({
      _id: 1 as never,
      g: [
        { k: 'a', v: [1, 5] },
        { k: 'b', v: [7] },
      ],
    })
    await c.updateOne({ 'g.k': 'b' }, { $set: { 'g.$.hit': true } })
    await c.updateOne(
      {},
      { $inc: { 'g.$[x].v.$[y]': 100 } },
      { arrayFilters: [{ 'x.k': 'a' }, { y: { $gt: 2 } }] },
    )
    expect(await c.findOne()).toEqual({
      _id: 1,
      g: [
        { k: 'a', v: [1, 105] },
        { k: 'b', v: [7], hit: true },
      ],
    })
    expect(await error(c.updateOne({}, { $set: { 'g.$[z].a': 1 } }))).toBe(2)
    expect(await error(c.updateOne({}, { $set: { 'g.0.k': 1 } }, { arrayFilters: [{ unused: 1 }] }))).toBe(9)
  })

  test('positional $ stands for the element that $elemMatch or $all found', async () => {
    const items = [
      { k: 'a', v: 1 },
      { k: 'b', v: 2 },
      { k: 'b', v: 3 },
    ]
    await c.insertOne({ _id: 1 as never, items, outer: [{ list: [1] }, { list: [1, 9] }] })
    await c.updateOne({ items: { $elemMatch: { k: 'b', v: 3 } } }, { $set: { 'items.$.hit': 1 } })
    await c.updateOne({ items: { $all: [{ $elemMatch: { v: 2 } }] } }, { $set: { 'items.$.hit': 2 } })
    // Of nested arrays the outermost one counts.
    await c.updateOne({ 'outer.list': { $elemMatch: { $gt: 5 } } }, { $set: { 'outer.$.hit': 3 } })
    expect(await c.findOne()).toEqual({
      _id: 1,
      items: [items[0], { ...items[1], hit: 2 }, { ...items[2], hit: 1 }],
      outer: [{ list: [1] }, { list: [1, 9], hit: 3 }],
    })
    expect(await c.findOne({ items: { $elemMatch: { v: 2 } } }, { projection: { 'items.$': 1 } })).toEqual({
      _id: 1,
      items: [{ k: 'b', v: 2, hit: 2 }],
    })
  })

  test('numbers keep their types', async () => {
    await c.insertOne({
      i: new Int32(2147483647),
      l: Long.fromNumber(1),
      d: new Double(1),
      m: Decimal128.fromString('0.1'),
    })
    await c.updateOne({}, { $inc: { i: 1, l: 1, d: 1, m: Decimal128.fromString('0.2') } })
    const d = (await c.findOne({}, raw))!
    expect([d.i, d.l, d.d, d.m.toString()]).toEqual([
      Long.fromNumber(2147483648),
      Long.fromNumber(2),
      new Double(2),
      '0.3',
    ])
    await c.updateOne({}, { $set: { l: Long.MAX_VALUE } })
    expect(await error(c.updateOne({}, { $inc: { l: 1 } }))).toBe(2)
  })

  test('upserts take the equalities of the query, and $setOnInsert', async () => {
    const r = await c.updateOne(
      { a: 1, 'b.c': 2, d: { $gt: 5 } },
      { $set: { x: 1 }, $setOnInsert: { y: 2 } },
      { upsert: true },
    )
    expect(await c.findOne({}, { projection: { _id: 0 } })).toEqual({ a: 1, b: { c: 2 }, x: 1, y: 2 })
    expect(r.upsertedId).toBeInstanceOf(ObjectId)
    await c.updateOne({ a: 1 }, { $set: { x: 2 }, $setOnInsert: { y: 9 } }, { upsert: true })
    expect(await c.findOne()).toMatchObject({ x: 2, y: 2 })
  })

  test('twenty upserts of one key at once make one document', async () => {
    await c.createIndex({ k: 1 }, { unique: true })
    await Promise.all(
      Array.from({ length: 20 }, () => c.updateOne({ k: 1 }, { $inc: { n: 1 } }, { upsert: true })),
    )
    expect(await c.find({}, { projection: { _id: 0 } }).toArray()).toEqual([{ k: 1, n: 20 }])
  })

  test('a pipeline', async () => {
    await c.insertOne({ _id: 1 as never, a: 2, b: 3 })
    await c.updateOne({}, [{ $set: { s: { $add: ['$a', '$b'] } } }, { $unset: 'b' }])
    expect(await c.findOne()).toEqual({ _id: 1, a: 2, s: 5 })
  })

  test('findOneAnd...', async () => {
    await c.insertMany([
      { _id: 1 as never, n: 1 },
      { _id: 2 as never, n: 2 },
    ])
    expect(await c.findOneAndUpdate({}, { $inc: { n: 10 } }, { sort: { n: -1 } })).toEqual({ _id: 2, n: 2 })
    expect(
      await c.findOneAndUpdate(
        { _id: 3 as never },
        { $set: { n: 3 } },
        { upsert: true, returnDocument: 'after' },
      ),
    ).toEqual({ _id: 3, n: 3 })
    expect(await c.findOneAndReplace({ _id: 1 as never }, { z: 1 }, { returnDocument: 'after' })).toEqual({
      _id: 1,
      z: 1,
    })
    expect(await c.findOneAndDelete({ n: 12 }, { projection: { n: 1, _id: 0 } })).toEqual({ n: 12 })
    expect(await c.findOneAndUpdate({ _id: 99 as never }, { $set: { n: 1 } })).toBeNull()
  })

  test('what cannot be is refused, and changes nothing', async () => {
    await c.insertOne({ _id: 1 as never, a: 'text', l: [1] })
    const bad: [Document, number][] = [
      [{ $set: { _id: 2 } }, 66],
      [{ $inc: { a: 1 } }, 14],
      [{ $set: { 'a.b': 1 } }, 28],
      [{ $push: { a: 1 } }, 2],
      [{ $set: { b: 1, 'b.c': 2 } }, 40],
      [{ $set: { 'l.x': 1 } }, 28],
      [{ $set: { '': 1 } }, 56],
    ]
    for (const [update, code] of bad)
      expect(await error(c.updateOne({}, update)), JSON.stringify(update)).toBe(code)
    expect(await c.findOne()).toEqual({ _id: 1, a: 'text', l: [1] })
  })

  test('a mixed bulk write tells what happened to each', async () => {
    const r = await c
      .bulkWrite(
        [
          { insertOne: { document: { _id: 1 as never } } },
          { insertOne: { document: { _id: 1 as never } } },
          { updateMany: { filter: {}, update: { $set: { a: 1 } } } },
          { updateOne: { filter: { _id: 5 as never }, update: { $set: { a: 1 } }, upsert: true } },
          { deleteOne: { filter: { _id: 5 as never } } },
        ],
        { ordered: false },
      )
      .catch((e) => e)
    expect(r.writeErrors).toHaveLength(1)
    expect(r.result.insertedCount).toBe(1)
    expect(await c.find().toArray()).toEqual([{ _id: 1, a: 1 }])
  })

  test('field order is kept, whatever the names', async () => {
    await c.insertOne(
      new Map<string, unknown>([
        ['_id', 1],
        ['b', 1],
        ['2', 2],
        ['1', 1],
        ['__proto__', 3],
      ]) as never,
    )
    await c.updateOne({}, { $set: { b: 5 } })
    const [document] = await c.find({}, { raw: true }).toArray()
    const text = Buffer.from(document as unknown as Uint8Array).toString('latin1')
    const places = ['b', '2', '1', '__proto__'].map((name) => text.indexOf(`\x10${name}\0`))
    expect(places).toEqual([...places].sort((x, y) => x - y))
    expect(places[0]).toBeGreaterThan(0)
  })

  test('empty timestamps are filled in, undefined ids made, ids come first', async () => {
    await c.insertOne({ t: new Timestamp({ t: 0, i: 0 }) })
    const d = (await c.findOne())!
    expect(d.t.getHighBits()).toBeGreaterThan(1e9)
    expect(Object.keys(d)[0]).toBe('_id')
    expect(await error(c.insertOne({ _id: [1] as never }))).toBe(53)
    await db.command({ insert: c.collectionName, documents: [{ a: 1, _id: null }] })
    expect(await c.findOne({ _id: { $type: 'null' } as never })).toEqual({ _id: null, a: 1 })
  })
})

describe('collections and indexes', () => {
  test('unique, sparse and partial indexes', async () => {
    await c.createIndex({ u: 1 }, { unique: true, sparse: true })
    await c.createIndex({ p: 1 }, { unique: true, partialFilterExpression: { on: true }, name: 'p' })
    await c.insertMany([{}, {}, { p: 1 }, { p: 1, on: false }, { p: 1, on: true }])
    expect(await error(c.insertOne({ p: 1, on: true }))).toBe(11000)
    await c.insertOne({ u: [1, 2] })
    expect(await error(c.insertOne({ u: 2 }))).toBe(11000)
    expect(await error(c.updateOne({ p: 1, on: false }, { $set: { on: true } }))).toBe(11000)
    expect(await c.find({ u: null }).toArray()).toHaveLength(5)
    await c.dropIndex('p')
    await c.insertOne({ p: 1, on: true })
    expect((await c.indexes()).map((i) => i.name)).toEqual(['_id_', 'u_1'])
  })

  test('a unique index over duplicates is not made', async () => {
    await c.insertMany([{ a: 1 }, { a: 1 }])
    expect(await error(c.createIndex({ a: 1 }, { unique: true }))).toBe(11000)
    expect(await c.indexes()).toHaveLength(1)
    expect(await error(c.createIndex({ a: 1 }, { name: 'x' }))).toBeUndefined()
    expect(await error(c.createIndex({ a: 1 }, { name: 'y' }))).toBe(85)
    expect(await error(c.createIndex({ b: 1 }, { name: 'x' }))).toBe(86)
  })

  test('validators refuse what breaks the rule', async () => {
    const v = await db.createCollection(`${c.collectionName}v`, {
      validator: { $jsonSchema: { required: ['a'] } },
    })
    expect(await error(v.insertOne({ b: 1 }))).toBe(121)
    await v.insertOne({ a: 1 })
    expect(await error(v.updateOne({}, { $unset: { a: 1 } }))).toBe(121)
    await v.insertOne({ b: 1 }, { bypassDocumentValidation: true })
    await db.command({ collMod: v.collectionName, validationLevel: 'moderate' })
    await v.updateOne({ b: 1 }, { $set: { b: 2 } })
  })

  test('capped collections forget the oldest', async () => {
    const capped = await db.createCollection<Document>(`${c.collectionName}capped`, {
      capped: true,
      size: 100_000,
      max: 3,
    })
    await capped.insertMany([1, 2, 3, 4, 5].map(id))
    expect(await capped.distinct('_id')).toEqual([3, 4, 5])
  })

  test('rename, drop, list and statistics', async () => {
    await c.insertOne({ a: 1 })
    await c.rename(`${c.collectionName}r`)
    expect(await db.collection(`${c.collectionName}r`).countDocuments()).toBe(1)
    expect(await db.listCollections({ name: /r$/ }).toArray()).toMatchObject([{ type: 'collection' }])
    expect(await db.stats()).toMatchObject({ ok: 1, db: 'crud' })
    expect(await db.command({ collStats: `${c.collectionName}r` })).toMatchObject({ count: 1, nindexes: 1 })
    expect(await db.collection(`${c.collectionName}r`).drop()).toBe(true)
    const other = (await server.client()).db('gone')
    await other.collection('x').insertOne({})
    await other.dropDatabase()
    expect((await other.admin().listDatabases()).databases.map((d) => d.name)).not.toContain('gone')
  })

  test('expired documents are removed', async () => {
    await using own = await startTestServer({ env: { LATHE_MONGO_TTL_INTERVAL_MS: '50' } })
    const t = (await own.client()).db('ttl').collection('t')
    await t.createIndex({ at: 1 }, { expireAfterSeconds: 60 })
    await t.insertMany([
      { _id: 1 as never, at: new Date(Date.now() - 61_000) },
      { _id: 2 as never, at: new Date() },
      { _id: 3 as never, at: 'never' },
    ])
    while ((await t.countDocuments()) > 2) await t.db.command({ ping: 1 })
    expect(await t.distinct('_id')).toEqual([2, 3])
  })
})
