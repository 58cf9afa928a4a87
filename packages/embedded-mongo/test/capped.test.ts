import fc from 'fast-check'
import type { Db, Document } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
let db: Db
beforeAll(async () => {
  server = await startTestServer({ env: { LATHE_MONGO_SYNCHRONOUS: 'NORMAL' } })
  db = (await server.client()).db('capped')
})
afterAll(() => server[Symbol.asyncDispose]())

test('a capped collection holds the newest that fit, whatever comes in', async () => {
  let next = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.array(fc.oneof(fc.nat(40), fc.constant(0)), { minLength: 1, maxLength: 4 }), {
        maxLength: 12,
      }),
      async (max, batches) => {
        const capped = await db.createCollection<Document>(`capped${next++}`, {
          capped: true,
          size: 400,
          max,
        })
        const kept: { _id: number; length: number }[] = []
        for (const batch of batches) {
          // An _id of 0 comes twice now and then: the insert is refused, and nothing of it may count.
          const documents = batch.map((_id) => ({ _id: _id as never, text: 'x'.repeat(20 + _id) }))
          await capped
            .insertMany(documents, { ordered: false })
            .catch((error) => expect(error.code).toBe(11000))
          for (const { _id } of documents) {
            if (kept.some((k) => k._id === _id)) continue
            // Length, two fields with their names and types, the text with its length and end, the end.
            kept.push({ _id, length: 4 + 9 + 10 + 21 + Number(_id) + 1 })
            while (kept.length > max || kept.reduce((n, k) => n + k.length, 0) > 400) kept.shift()
          }
          expect((await capped.find().toArray()).map((d) => d._id as unknown)).toEqual(kept.map((k) => k._id))
        }
      },
    ),
    { numRuns: 25 },
  )
})

test('a tailable cursor gives what is there, then what comes, and ends when it is overtaken', async () => {
  const c = await db.createCollection<Document>('tail', { capped: true, size: 100_000, max: 3 })
  await c.insertMany([{ n: 1 }, { n: 2 }])
  const cursor = c.find({ n: { $ne: 2 } }, { tailable: true, awaitData: true, maxAwaitTimeMS: 60_000 })
  expect(await cursor.next()).toMatchObject({ n: 1 })
  const next = cursor.next()
  await c.insertOne({ n: 3 })
  expect(await next).toMatchObject({ n: 3 })
  await c.insertMany([4, 5, 6, 7].map((n) => ({ n })))
  await expect(cursor.next()).rejects.toMatchObject({ code: 136 })

  await db.collection('plain').insertOne({})
  await expect(db.collection('plain').find({}, { tailable: true }).next()).rejects.toMatchObject({ code: 2 })
})
