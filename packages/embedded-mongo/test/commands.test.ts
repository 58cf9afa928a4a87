import { buffer } from 'node:stream/consumers'
import { type Collection, type Db, type Document, GridFSBucket, type MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
let client: MongoClient
let db: Db
let c: Collection<Document>
beforeAll(async () => {
  server = await startTestServer()
  client = await server.client()
  db = client.db('commands')
  c = db.collection('c')
  await c.createIndex({ a: 1, b: -1 })
  await c.insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i as never, a: i % 10, b: i, c: i })))
})
afterAll(() => server[Symbol.asyncDispose]())

describe('explain', () => {
  const plan = (e: Document) => e.queryPlanner.winningPlan
  test('names the index and what was read', async () => {
    const e = await c
      .find({ a: 3, b: { $gte: 100 } })
      .sort({ b: -1 })
      .explain('executionStats')
    expect(plan(e)).toMatchObject({
      stage: 'FETCH',
      inputStage: { stage: 'IXSCAN', indexName: 'a_1_b_-1', direction: 'forward' },
    })
    expect(e.executionStats).toMatchObject({ nReturned: 20, totalKeysExamined: 20, totalDocsExamined: 20 })
  })
  test('says when everything is read, or sorted in memory', async () => {
    expect(plan(await c.find({ c: 1 }).explain('queryPlanner'))).toMatchObject({ stage: 'COLLSCAN' })
    expect(plan(await c.find({ a: 1 }).sort({ c: 1 }).explain('queryPlanner'))).toMatchObject({
      stage: 'SORT',
      inputStage: { stage: 'FETCH' },
    })
    expect(
      plan(await c.find({ $or: [{ a: 1 }, { _id: 5 as never }] }).explain('queryPlanner')),
    ).toMatchObject({ inputStage: { stage: 'OR' } })
  })
  test('of pipelines and writes', async () => {
    const e = await c
      .aggregate([
        { $match: { a: 1 } },
        { $sort: { b: -1 } },
        { $limit: 2 },
        { $group: { _id: null, n: { $sum: 1 } } },
      ])
      .explain('executionStats')
    expect(e.executionStats).toMatchObject({ totalDocsExamined: 30, nReturned: 1 })
    const u = await db.command({
      explain: { update: 'c', updates: [{ q: { a: 1 }, u: { $set: { z: 1 } } }] },
      verbosity: 'executionStats',
    })
    expect(plan(u)).toMatchObject({ inputStage: { indexName: 'a_1_b_-1' } })
    expect(await c.countDocuments({ z: 1 })).toBe(0)
  })
  test('sees hints, hidden indexes and $expr', async () => {
    expect(plan(await c.find({ a: 1 }).hint({ _id: 1 }).explain('queryPlanner'))).toMatchObject({
      inputStage: { indexName: '_id_' },
    })
    expect(plan(await c.find({ $expr: { $eq: ['$a', 3] } }).explain('queryPlanner'))).toMatchObject({
      inputStage: { indexName: 'a_1_b_-1' },
    })
    await db.command({ collMod: 'c', index: { name: 'a_1_b_-1', hidden: true } })
    expect(plan(await c.find({ a: 1 }).explain('queryPlanner'))).toMatchObject({ stage: 'COLLSCAN' })
    await db.command({ collMod: 'c', index: { name: 'a_1_b_-1', hidden: false } })
  })
})

test('client.bulkWrite writes to several collections', async () => {
  const result = await client.bulkWrite(
    [
      { name: 'insertOne', namespace: 'bulk.a', document: { _id: 1 as never, x: 1 } },
      { name: 'insertOne', namespace: 'bulk.b', document: { _id: 1 as never } },
      { name: 'updateOne', namespace: 'bulk.a', filter: { _id: 1 as never }, update: { $inc: { x: 1 } } },
      {
        name: 'replaceOne',
        namespace: 'bulk.b',
        filter: { _id: 2 as never },
        replacement: { y: 1 },
        upsert: true,
      },
      { name: 'deleteMany', namespace: 'bulk.b', filter: { _id: 1 as never } },
    ],
    { verboseResults: true },
  )
  expect(result).toMatchObject({
    insertedCount: 2,
    matchedCount: 1,
    modifiedCount: 1,
    upsertedCount: 1,
    deletedCount: 1,
  })
  expect(await client.db('bulk').collection('b').find().toArray()).toEqual([{ _id: 2, y: 1 }])
})

test('GridFS stores and gives back a file', async () => {
  const bucket = new GridFSBucket(db, { chunkSizeBytes: 100_000 })
  const bytes = Buffer.from(Array.from({ length: 1_234_567 }, (_, i) => i % 251))
  const upload = bucket.openUploadStream('file.bin', { metadata: { kind: 'test' } })
  upload.end(bytes)
  await new Promise((resolve, reject) => upload.on('finish', resolve).on('error', reject))
  expect(Buffer.compare(await buffer(bucket.openDownloadStreamByName('file.bin')), bytes)).toBe(0)
  expect((await buffer(bucket.openDownloadStream(upload.id, { start: 99_990, end: 100_010 }))).length).toBe(
    20,
  )
  await bucket.delete(upload.id)
  expect(await db.collection('fs.chunks').countDocuments()).toBe(0)
})

test('a regular expression that backtracks without end is given up', async () => {
  const texts = db.collection<Document>('texts')
  await texts.insertMany([{ s: `${'a'.repeat(60)}b` }, { s: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }])
  const failed = await texts
    .find({ s: /^(a+)+$/ })
    .toArray()
    .catch((e) => e)
  expect(failed).toMatchObject({ code: 96 })
  const found = await texts
    .aggregate([
      { $match: { s: /a$/ } },
      { $project: { _id: 0, n: { $size: { $regexFindAll: { input: '$s', regex: 'a.a' } } } } },
    ])
    .toArray()
  expect(found).toEqual([{ n: 10 }])
})

test('a long scan of one client leaves others their turns', async () => {
  const big = db.collection('big')
  await big.insertMany(Array.from({ length: 30_000 }, (_, i) => ({ i, pad: 'x'.repeat(50) })))
  const slow = big.aggregate([{ $match: { $expr: { $lt: [{ $sum: { $range: [0, 100] } }, 0] } } }]).toArray()
  let done = false
  void slow.then(() => {
    done = true
  })
  let pings = 0
  while (!done) {
    await db.command({ ping: 1 })
    pings += 1
  }
  expect(pings).toBeGreaterThan(10)
})
