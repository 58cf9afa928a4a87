import { once } from 'node:events'
import { type ChangeStream, type ChangeStreamDocument, type Db, MongoServerError } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
let db: Db
beforeAll(async () => {
  server = await startTestServer()
  db = (await server.client()).db('watched')
})
afterAll(() => server[Symbol.asyncDispose]())

/** The next `n` events, and no more. */
async function take(stream: ChangeStream, n: number): Promise<ChangeStreamDocument[]> {
  const out: ChangeStreamDocument[] = []
  while (out.length < n) out.push(await stream.next())
  return out
}

async function opened(stream: ChangeStream): Promise<ChangeStream> {
  // The driver opens the cursor with the first question.
  await stream.tryNext()
  return stream
}

test('a collection tells of inserts, updates, replacements, deletes and its end', async () => {
  const c = db.collection<{ _id: number; a?: object; l?: number[]; b?: number }>('events')
  await c.insertOne({ _id: 0 })
  const stream = await opened(c.watch([], { fullDocument: 'updateLookup' }))
  await c.insertOne({ _id: 1, a: { x: 1, y: 2 }, l: [1, 2, 3] })
  await c.updateOne({ _id: 1 }, { $set: { 'a.x': 5 }, $unset: { 'a.y': 1 }, $push: { l: 4 } })
  await c.updateOne({ _id: 1 }, { $pop: { l: 1 } })
  await c.replaceOne({ _id: 1 }, { b: 1 })
  await c.deleteOne({ _id: 1 })
  await c.drop()
  const events = await take(stream, 7)
  expect(events.map((e) => e.operationType)).toEqual([
    'insert',
    'update',
    'update',
    'replace',
    'delete',
    'drop',
    'invalidate',
  ])
  expect(events[0]).toMatchObject({
    ns: { db: 'watched', coll: 'events' },
    documentKey: { _id: 1 },
    fullDocument: { l: [1, 2, 3] },
  })
  expect(events[1]).toMatchObject({
    updateDescription: { updatedFields: { 'a.x': 5, 'l.3': 4 }, removedFields: ['a.y'], truncatedArrays: [] },
  })
  expect(events[2]).toMatchObject({ updateDescription: { truncatedArrays: [{ field: 'l', newSize: 3 }] } })
  expect(events[3]).toMatchObject({ fullDocument: { _id: 1, b: 1 } })
  await stream.close()
})

test('a stream is resumed after a restart, and goes on by itself', async () => {
  await using own = await startTestServer()
  const client = await own.client()
  const c = client.db('r').collection<{ _id: number }>('c')
  const stream = await opened(c.watch())
  await c.insertMany([{ _id: 1 }, { _id: 2 }])
  const [first] = await take(stream, 1)
  await own.kill('SIGKILL')
  await using again = await startTestServer({ dataDir: own.dataDir })
  const resumed = (await again.client()).db('r').collection('c').watch([], { resumeAfter: first!._id })
  expect((await take(resumed, 1))[0]).toMatchObject({ documentKey: { _id: 2 } })
  await resumed.close()
})

test('a database is watched whole, with a pipeline, and transactions appear when they commit', async () => {
  const stream = await opened(db.watch([{ $match: { operationType: 'insert', 'fullDocument.keep': true } }]))
  await db.collection('one').insertMany([{ keep: false }, { keep: true, n: 1 }])
  await db.client.withSession((session) =>
    session.withTransaction(async () => {
      await db.collection('two').insertOne({ keep: true, n: 2 }, { session })
      await db.collection('two').insertOne({ keep: true, n: 3 }, { session })
    }),
  )
  const events = await take(stream, 3)
  expect(events.map((e) => 'fullDocument' in e && e.fullDocument?.n)).toEqual([1, 2, 3])
  expect(events[1]).toHaveProperty('txnNumber')
  await stream.close()
})

test('pre-images and post-images are there when the collection records them', async () => {
  const c = await db.createCollection<{ _id: number; n: number }>('images', {
    changeStreamPreAndPostImages: { enabled: true },
  })
  const stream = await opened(c.watch([], { fullDocument: 'required', fullDocumentBeforeChange: 'required' }))
  await c.insertOne({ _id: 1, n: 1 })
  await c.updateOne({ _id: 1 }, { $inc: { n: 1 } })
  await c.updateOne({ _id: 1 }, { $inc: { n: 1 } })
  const events = await take(stream, 3)
  expect(events[1]).toMatchObject({ fullDocument: { n: 2 }, fullDocumentBeforeChange: { n: 1 } })
  await stream.close()
})

test('a pipeline may not take the resume token away', async () => {
  const c = db.collection('tokenless')
  const stream = await opened(c.watch([{ $project: { _id: 0 } }]))
  await c.insertOne({})
  const failed = await stream.next().catch((e) => e)
  expect(failed).toMatchObject({ code: 280 })
})

test('an event wakes a waiting listener; a foreign resume token is refused', async () => {
  const c = db.collection<{ _id: number }>('listen')
  const stream = c.watch()
  const changed = once(stream, 'change')
  await once(stream, 'resumeTokenChanged')
  await c.insertOne({ _id: 1 })
  expect((await changed)[0]).toMatchObject({ operationType: 'insert' })
  await stream.close()
  const bad = await c
    .watch([], { resumeAfter: { _data: '00' } })
    .next()
    .catch((e) => e)
  expect(bad).toBeInstanceOf(MongoServerError)
  expect(bad.code).toBe(260)
})

test('expanded events tell how collections come about and change, and which paths could be misread', async () => {
  const expanded = await opened(db.watch([], { showExpandedEvents: true }))
  const plain = await opened(db.watch())
  const c = await db.createCollection<{ _id: number; a: object }>('expanded')
  await c.createIndex({ a: 1 })
  await c.insertOne({ _id: 1, a: { '1': 1 } })
  await c.updateOne({ _id: 1 }, { $set: { 'a.1': 2 } })
  await c.dropIndex('a_1')
  await db.command({ collMod: 'expanded', validationLevel: 'off' })
  const events = await take(expanded, 6)
  expect(events).toMatchObject([
    { operationType: 'create', ns: { db: 'watched', coll: 'expanded' } },
    { operationType: 'createIndexes', operationDescription: { indexes: [{ name: 'a_1' }] } },
    { operationType: 'insert', collectionUUID: expect.anything() },
    { operationType: 'update', updateDescription: { disambiguatedPaths: { 'a.1': ['a', '1'] } } },
    { operationType: 'dropIndexes', operationDescription: { indexes: [{ name: 'a_1' }] } },
    { operationType: 'modify', operationDescription: { validationLevel: 'off' } },
  ])
  const [insert, update] = await take(plain, 2)
  expect(insert).not.toHaveProperty('collectionUUID')
  expect(update).not.toHaveProperty('updateDescription.disambiguatedPaths')
  await Promise.all([expanded.close(), plain.close()])
})

test('who resumes between two batches misses no event', async () => {
  const c = db.collection<{ _id: number }>('batches')
  await c.insertOne({ _id: 0 })
  const first = await opened(c.watch())
  await c.insertOne({ _id: 1 })
  const [start] = await take(first, 1)
  await first.close()
  await c.insertMany([2, 3, 4].map((_id) => ({ _id })))
  let resumeAfter = start!._id
  const seen: unknown[] = []
  for (let i = 0; i < 3; i++) {
    const stream = c.watch<{ _id: number }>([], { resumeAfter, batchSize: 1 })
    const event = await stream.next()
    seen.push('documentKey' in event && event.documentKey._id)
    // What the driver would resume from by itself.
    resumeAfter = stream.resumeToken
    await stream.close()
  }
  expect(seen).toEqual([2, 3, 4])
})
