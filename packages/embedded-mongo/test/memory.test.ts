import type { Collection, Db, Document, MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

interface Large {
  _id: number
  text: string
}

/** Together beyond the 100 MB that one operation may hold. */
const DOCUMENTS = 30
const BYTES = 4 * 1024 * 1024
const EXCEEDED = 292

let server: Server
let client: MongoClient
let db: Db
let large: Collection<Large>
beforeAll(async () => {
  server = await startTestServer({ env: { LATHE_MONGO_SYNCHRONOUS: 'NORMAL' } })
  client = await server.client()
  db = client.db('memory')
  large = db.collection<Large>('large')
  for (let _id = 0; _id < DOCUMENTS; _id++) {
    await large.insertOne({
      _id,
      text: String.fromCharCode(97 + (_id % 26)) + String(_id).padEnd(BYTES, 'x'),
    })
  }
})
afterAll(() => server[Symbol.asyncDispose]())

const pipelines: Record<string, Document[]> = {
  $sort: [{ $sort: { text: 1 } }],
  '$group, $push': [{ $group: { _id: null, all: { $push: '$text' } } }],
  '$group by large keys': [{ $group: { _id: '$text' } }],
  $bucketAuto: [{ $bucketAuto: { groupBy: '$_id', buckets: 2, output: { all: { $push: '$text' } } } }],
  $setWindowFields: [{ $setWindowFields: { sortBy: { _id: 1 }, output: { n: { $sum: 1 } } } }],
  $lookup: [{ $limit: 1 }, { $lookup: { from: 'large', pipeline: [], as: 'all' } }],
  $facet: [{ $facet: { all: [{ $match: {} }] } }],
  $graphLookup: [
    { $limit: 1 },
    {
      $graphLookup: {
        from: 'large',
        startWith: [...Array(DOCUMENTS).keys()],
        connectFromField: 'none',
        connectToField: '_id',
        as: 'all',
      },
    },
  ],
  $range: [{ $limit: 1 }, { $project: { x: { $range: [0, 2 ** 31 - 1] } } }],
}

test.each(Object.entries(pipelines))('%s beyond 100 MB is refused', async (_, pipeline) => {
  await expect(large.aggregate([...pipeline, { $count: 'n' }]).toArray()).rejects.toMatchObject({
    code: EXCEEDED,
  })
})

test('a sort without an index and distinct beyond 100 MB are refused; with an index nothing is held', async () => {
  await expect(large.find().sort({ text: 1 }).toArray()).rejects.toMatchObject({ code: EXCEEDED })
  await expect(large.distinct('text')).rejects.toMatchObject({ code: EXCEEDED })
  let seen = 0
  for await (const _ of large.find().sort({ _id: -1 })) seen++
  expect(seen).toBe(DOCUMENTS)
})

test('a transaction beyond 100 MB is refused and leaves nothing', async () => {
  const text = 'x'.repeat(BYTES)
  await client.withSession(async (session) => {
    session.startTransaction()
    const write = async () => {
      for (let _id = 100; _id < 100 + DOCUMENTS; _id++) await large.insertOne({ _id, text }, { session })
    }
    await expect(write()).rejects.toMatchObject({ code: EXCEEDED })
    await session.abortTransaction().catch(() => {})
  })
  expect(await large.countDocuments({ _id: { $gte: 100 } })).toBe(0)
})

test('after all of that the server answers', async () => {
  expect(await large.estimatedDocumentCount()).toBe(DOCUMENTS)
})
