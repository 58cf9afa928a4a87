/** Libraries that people put on top of a driver, as they are used. mongosh and pymongo: `on-demand/shells.ts`. */
import { createRequire } from 'node:module'
import { betterAuth } from 'better-auth'
import { mongodbAdapter } from 'better-auth/adapters/mongodb'
import { getDb, MongoAccessor } from 'database-proxy'
import { createConnection, Schema } from 'mongoose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

let server: Server
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('mongoose: schemas, indexes, validation, populate, middleware, versions and transactions', async () => {
  const connection = await createConnection(server.url(), { dbName: 'goose' }).asPromise()
  const Author = connection.model(
    'Author',
    new Schema({ name: { type: String, required: true, unique: true }, born: Date }, { timestamps: true }),
  )
  const bookSchema = new Schema({
    title: { type: String, index: true },
    author: { type: Schema.Types.ObjectId, ref: 'Author' },
    tags: [String],
    reviews: [{ stars: Number, text: String }],
    extra: { type: Map, of: Number },
  })
  const Book = connection.model('Book', bookSchema)
  await Promise.all([Author.init(), Book.init()])

  const ada = await Author.create({ name: 'Ada', born: new Date(0) })
  await expect(Author.create({ name: 'Ada' })).rejects.toMatchObject({ code: 11000 })
  await expect(Author.create({})).rejects.toThrow(/required/)
  await Book.insertMany([
    { title: 'One', author: ada._id, tags: ['a', 'b'], reviews: [{ stars: 3 }], extra: { x: 1 } },
    { title: 'Two', author: ada._id, tags: ['b'], reviews: [{ stars: 5 }, { stars: 1 }] },
  ])
  const found = await Book.findOne({ tags: 'a' }).populate<{ author: { name: string } }>('author').orFail()
  expect(found.author.name).toBe('Ada')
  expect(found.extra?.get('x')).toBe(1)

  const two = await Book.findOne({ reviews: { $elemMatch: { stars: { $lt: 2 } } } }).orFail()
  two.reviews.pull(two.reviews[0]!)
  two.tags.push('c')
  await two.save()
  const stale = await Book.findById(two._id).orFail()
  await Book.updateOne({ _id: two._id, 'reviews.stars': 1 }, { $set: { 'reviews.$.text': 'so so' } })
  stale.reviews[0]!.stars = 2
  await stale.save()
  expect((await Book.findById(two._id).lean())?.reviews).toMatchObject([{ stars: 2, text: 'so so' }])

  expect(
    await Book.aggregate([
      { $unwind: '$tags' },
      { $group: { _id: '$tags', n: { $sum: 1 } } },
      { $sort: { n: -1, _id: 1 } },
    ]),
  ).toEqual([
    { _id: 'b', n: 2 },
    { _id: 'a', n: 1 },
    { _id: 'c', n: 1 },
  ])
  await expect(
    connection.transaction(async (session) => {
      await Book.create([{ title: 'Three' }], { session })
      expect(await Book.countDocuments().session(session)).toBe(3)
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  expect(await Book.estimatedDocumentCount()).toBe(2)
  const titles: string[] = []
  for await (const book of Book.find().sort({ title: -1 }).cursor()) titles.push(book.title!)
  expect(titles).toEqual(['Two', 'One'])
  await connection.close()
})

test('better-auth: sign up, sign in, sessions, in transactions', async () => {
  const client = await server.client()
  const db = client.db('auth')
  const auth = betterAuth({
    secret: 'a secret of the tests that is long enough',
    baseURL: 'http://localhost',
    database: mongodbAdapter(db, { client }),
    emailAndPassword: { enabled: true },
    logger: { disabled: true },
  })
  const account = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' }
  const { user } = await auth.api.signUpEmail({ body: account })
  await expect(auth.api.signUpEmail({ body: account })).rejects.toThrow(/already exists/i)
  await expect(auth.api.signInEmail({ body: { ...account, password: 'wrong horse' } })).rejects.toThrow(
    /invalid/i,
  )
  const { headers } = await auth.api.signInEmail({ body: account, returnHeaders: true })
  const cookie = headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ')
  const session = await auth.api.getSession({ headers: new Headers({ cookie }) })
  expect(session?.user.id).toBe(user.id)
  await auth.api.updateUser({ body: { name: 'Countess' }, headers: new Headers({ cookie }) })
  expect(await db.collection('user').findOne({ email: account.email })).toMatchObject({ name: 'Countess' })
  await auth.api.signOut({ headers: new Headers({ cookie }) })
  expect(await db.collection('session').countDocuments()).toBe(1)
})

test("database-ql: Laf's query language, through its own proxy and its older driver", async () => {
  const { MongoClient } = createRequire(createRequire(import.meta.url).resolve('database-proxy'))('mongodb')
  const client = await new MongoClient(server.url().replace('/?', '/laf?')).connect()
  const db = getDb(new MongoAccessor(client))
  const _ = db.command
  const { id } = await db.collection('todos').add({ text: 'one', n: 1, tags: ['a'], at: new Date(0) })
  await db.collection('todos').add(
    [
      { text: 'two', n: 2 },
      { text: 'three', n: 3 },
    ] as never,
    { multi: true },
  )
  expect((await db.collection('todos').count()).total).toBe(3)
  const few = await db
    .collection('todos')
    .where({ n: _.gte(2).and(_.lt(10)) })
    .orderBy('n', 'desc')
    .field({ text: true, _id: false } as never)
    .get()
  expect(few.data).toEqual([{ text: 'three' }, { text: 'two' }])
  await db
    .collection('todos')
    .doc(id!)
    .update({ n: _.inc(10), tags: _.push(['b']), 'deep.er': true } as never)
  expect((await db.collection('todos').doc(id!).get()).data).toMatchObject({
    n: 11,
    tags: ['a', 'b'],
    deep: { er: true },
    at: new Date(0),
  })
  const groups = await db
    .collection('todos')
    .aggregate()
    .group({ _id: null, sum: { $sum: '$n' } })
    .end()
  expect(groups.data).toEqual([{ _id: null, sum: 16 }])
  expect(
    (
      await db
        .collection('todos')
        .where({ text: db.RegExp({ regexp: '^t', options: 'i' }) })
        .remove({ multi: true })
    ).deleted,
  ).toBe(2)
  await client.close()
})
