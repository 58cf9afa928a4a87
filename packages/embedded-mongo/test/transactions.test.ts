import { randomBytes } from 'node:crypto'
import { Binary, type ClientSession, Long, type MongoClient, MongoServerError } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RawClient } from './raw-client.ts'
import { type Server, startTestServer } from './support.ts'

let server: Server
let client: MongoClient
let n = 0

beforeAll(async () => {
  server = await startTestServer()
  client = await server.client()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  n += 1
})

const accounts = () => client.db('bank').collection<{ _id: string; balance: number }>(`accounts${n}`)

async function code(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => 'done',
    (error) => (error instanceof MongoServerError ? error.code : error),
  )
}

describe('a transaction', () => {
  test('reads its snapshot and its own writes; others see it only after the commit', async () => {
    await accounts().insertMany([
      { _id: 'a', balance: 10 },
      { _id: 'b', balance: 0 },
    ])
    await using session = client.startSession()
    session.startTransaction()
    await accounts().updateOne({ _id: 'a' }, { $inc: { balance: -5 } }, { session })
    await accounts().insertOne({ _id: 'c', balance: 1 }, { session })
    await accounts().deleteOne({ _id: 'b' }, { session })
    await accounts().insertOne({ _id: 'd', balance: 7 })
    const inside = await accounts()
      .find({ balance: { $gt: 0 } }, { session })
      .sort({ balance: -1 })
      .toArray()
    expect(inside).toEqual([
      { _id: 'a', balance: 5 },
      { _id: 'c', balance: 1 },
    ])
    expect(await accounts().find().sort({ _id: 1 }).toArray()).toMatchObject([
      { balance: 10 },
      { balance: 0 },
      { balance: 7 },
    ])
    await session.commitTransaction()
    expect((await accounts().distinct('_id')).sort()).toEqual(['a', 'c', 'd'])
    expect(await client.db('bank').command({ validate: accounts().collectionName })).toMatchObject({
      valid: true,
    })
  })

  test('that is aborted leaves no trace', async () => {
    await accounts().insertOne({ _id: 'a', balance: 1 })
    await using session = client.startSession()
    session.startTransaction()
    await accounts().updateOne({ _id: 'a' }, { $set: { balance: 9 } }, { session })
    await session.abortTransaction()
    expect(await accounts().findOne({ _id: 'a' })).toEqual({ _id: 'a', balance: 1 })
  })

  test('conflicts with another that changed the same document, and with a change after its snapshot', async () => {
    await accounts().insertMany([
      { _id: 'a', balance: 1 },
      { _id: 'b', balance: 1 },
    ])
    await using one = client.startSession()
    await using two = client.startSession()
    one.startTransaction()
    two.startTransaction()
    await accounts().updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: one })
    expect(await code(accounts().updateOne({ _id: 'a' }, { $inc: { balance: 1 } }, { session: two }))).toBe(
      112,
    )
    await accounts().updateOne({ _id: 'b' }, { $inc: { balance: 1 } })
    const late = await accounts()
      .updateOne({ _id: 'b' }, { $inc: { balance: 1 } }, { session: one })
      .catch((e) => e)
    expect(late.code).toBe(112)
    expect(late.hasErrorLabel('TransientTransactionError')).toBe(true)
    await Promise.all([one.abortTransaction(), two.abortTransaction()])
  })

  test('loses to a write outside of it that came first', async () => {
    await accounts().insertOne({ _id: 'a', balance: 1 })
    await using session = client.startSession()
    session.startTransaction()
    await accounts().updateOne({ _id: 'a' }, { $set: { balance: 100 } }, { session })
    await accounts().updateOne({ _id: 'a' }, { $set: { balance: 50 } })
    expect(await code(session.commitTransaction())).toBe(112)
    expect(await accounts().findOne()).toMatchObject({ balance: 50 })
  })

  test('respects unique indexes, also against documents of its own', async () => {
    await accounts().createIndex({ balance: 1 }, { unique: true })
    await accounts().insertOne({ _id: 'a', balance: 1 })
    await client.withSession(async (session: ClientSession) => {
      session.startTransaction()
      await accounts().insertOne({ _id: 'b', balance: 2 }, { session })
      expect(await code(accounts().insertOne({ _id: 'c', balance: 2 }, { session }))).toBe(11000)
      // The failed statement ended the transaction.
      expect(await code(accounts().findOne({}, { session }))).toBe(251)
      await session.abortTransaction()
    })
    // Swapping unique values inside one transaction is no conflict.
    await accounts().insertOne({ _id: 'b', balance: 2 })
    await client.withSession((session) =>
      session.withTransaction(async () => {
        await accounts().updateOne({ _id: 'a' }, { $set: { balance: 3 } }, { session })
        await accounts().updateOne({ _id: 'b' }, { $set: { balance: 1 } }, { session })
        await accounts().updateOne({ _id: 'a' }, { $set: { balance: 2 } }, { session })
      }),
    )
    expect(await accounts().find().sort({ _id: 1 }).toArray()).toMatchObject([{ balance: 2 }, { balance: 1 }])
  })

  test('keeps the sum of concurrent transfers', async () => {
    const ids = ['a', 'b', 'c', 'd']
    await accounts().insertMany(ids.map((_id) => ({ _id, balance: 100 })))
    const transfer = (i: number) =>
      client.withSession((session) =>
        session.withTransaction(async () => {
          const [from, to] = [ids[i % 4]!, ids[(i * 7 + 1) % 4]!]
          if (from === to) return
          const source = await accounts().findOne({ _id: from }, { session })
          await accounts().updateOne({ _id: from }, { $set: { balance: source!.balance - i } }, { session })
          await accounts().updateOne({ _id: to }, { $inc: { balance: i } }, { session })
        }),
      )
    await Promise.all(Array.from({ length: 16 }, (_, i) => transfer(i)))
    const all = await accounts().find().toArray()
    expect(all.reduce((sum, a) => sum + a.balance, 0)).toBe(400)
  })

  test('that is aborted takes the collections away that it made', async () => {
    const made = client.db('bank').collection(`made${n}`)
    const run = async (session: ClientSession) => {
      session.startTransaction()
      await made.createIndex({ a: 1 }, { session })
      await made.insertOne({ a: 1 }, { session })
      expect(await made.find({ a: 1 }, { session }).toArray()).toHaveLength(1)
    }
    const names = async () =>
      (await client.db('bank').listCollections({ name: made.collectionName }).toArray()).length
    await using session = client.startSession()
    await run(session)
    expect(await names()).toBe(0)
    await session.abortTransaction()
    expect(await names()).toBe(0)
    await run(session)
    await session.commitTransaction()
    expect(await made.indexes()).toHaveLength(2)
    expect(await made.countDocuments()).toBe(1)
  })

  test('refuses commands that may not be in it, and a second start of the same number', async () => {
    const lsid = { id: new Binary(randomBytes(16), 4) }
    const txn = { lsid, txnNumber: Long.fromNumber(1), autocommit: false }
    const raw = await RawClient.signedIn(server.address)
    const codeOf = async (db: string, body: object) => {
      const reply = await raw.command(db, body)
      return reply?.ok === 1 ? 'done' : reply?.code
    }
    expect(await codeOf('bank', { find: 'x', ...txn, startTransaction: true })).toBe('done')
    expect(await codeOf('bank', { find: 'x', ...txn, startTransaction: true })).toBe(117)
    expect(await codeOf('admin', { commitTransaction: 1, ...txn })).toBe('done')
    expect(await codeOf('admin', { commitTransaction: 1, ...txn })).toBe('done')
    expect(await codeOf('bank', { find: 'x', ...txn })).toBe(256)
    expect(await codeOf('admin', { commitTransaction: 1, ...txn, txnNumber: Long.fromNumber(5) })).toBe(251)
    expect(
      await codeOf('bank', { find: 'x', ...txn, txnNumber: Long.fromNumber(6), startTransaction: true }),
    ).toBe('done')
    expect(await codeOf('bank', { count: 'x', ...txn, txnNumber: Long.fromNumber(6) })).toBe(263)
    raw.close()
  })
})

describe('a retried write', () => {
  test('is answered from memory, also after a restart', async () => {
    await using own = await startTestServer()
    const lsid = { id: new Binary(randomBytes(16), 4) }
    const command = (name: string, txn: number, body: object) => ({
      [name]: 'c',
      ...body,
      lsid,
      txnNumber: Long.fromNumber(txn),
    })
    const first = await RawClient.signedIn(own.address)
    const insert = command('insert', 1, {
      documents: [{ _id: 1, n: 0 }, { _id: 1 }, { _id: 2 }],
      ordered: false,
    })
    const update = command('update', 2, {
      updates: [
        { q: { _id: 1 }, u: { $inc: { n: 1 } } },
        { q: { _id: 9 }, u: { $inc: { n: 1 } }, upsert: true },
      ],
    })
    const modify = command('findAndModify', 3, { query: { _id: 1 }, update: { $inc: { n: 10 } }, new: true })
    const remove = command('delete', 4, { deletes: [{ q: { _id: 2 }, limit: 1 }] })
    const strip = ({ operationTime: _o, $clusterTime: _c, ...rest }: Record<string, unknown> = {}) => rest
    for (const c of [insert, update, modify, remove]) {
      const answer = strip(await first.command('retry', c))
      expect(answer.ok).toBe(1)
      expect(strip(await first.command('retry', c))).toEqual(answer)
    }
    expect(await first.command('retry', insert)).toMatchObject({ ok: 0, code: 225 })
    first.close()
    await own.kill('SIGKILL')
    await using again = await startTestServer({ dataDir: own.dataDir })
    const second = await RawClient.signedIn(again.address)
    expect(await second.command('retry', remove)).toMatchObject({ n: 1, ok: 1 })
    expect(
      await (await again.client()).db('retry').collection('c').find<object>({}).sort({ _id: 1 }).toArray(),
    ).toEqual([
      { _id: 1, n: 11 },
      { _id: 9, n: 1 },
    ])
    second.close()
  })
})

test('a snapshot session reads one moment, whatever is written meanwhile', async () => {
  const c = client.db('moments').collection<{ _id: number; n: number }>('c')
  await c.insertMany([1, 2, 3].map((_id) => ({ _id, n: 0 })))
  await client.withSession({ snapshot: true }, async (session) => {
    expect(await c.countDocuments({ n: 0 }, { session })).toBe(3)
    await c.updateMany({}, { $set: { n: 1 } })
    await c.deleteOne({ _id: 2 })
    await c.createIndex({ n: 1 })
    expect(await c.find({ n: 0 }, { session }).toArray()).toHaveLength(3)
    expect(await c.distinct('n', {}, { session })).toEqual([0])
    await expect(c.insertOne({ _id: 9, n: 0 }, { session })).rejects.toThrow()
  })
  expect(await c.countDocuments({ n: 1 })).toBe(2)
})
