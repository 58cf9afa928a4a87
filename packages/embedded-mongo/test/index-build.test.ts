import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Collection, Db } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startTestServer } from './support.ts'

interface Row {
  _id: number
  n: number
  tags: number[]
}

const SIZE = 20_000
let server: Server
let db: Db

beforeAll(async () => {
  server = await startTestServer({ env: { LATHE_MONGO_SYNCHRONOUS: 'NORMAL' } })
  db = (await server.client({ maxPoolSize: 10 })).db('build')
})
afterAll(() => server[Symbol.asyncDispose]())

async function filled(into: Db, name: string): Promise<Collection<Row>> {
  const c = into.collection<Row>(name)
  const rows = Array.from({ length: SIZE }, (_, i) => ({ _id: i, n: i % 97, tags: [i % 5, i % 7] }))
  await c.insertMany(rows)
  return c
}

test('clients read and write while an index is built, and it agrees with what they did', async () => {
  const c = await filled(db, 'busy')
  let building = true
  const build = c.createIndex({ tags: 1, n: -1 }).finally(() => {
    building = false
  })
  let rounds = 0
  for (; building; rounds++) {
    const i = (rounds * 7919) % SIZE
    await c.insertOne({ _id: SIZE + rounds, n: rounds, tags: [rounds % 5] })
    await c.updateOne({ _id: i }, { $set: { n: -1, tags: [] } })
    await c.deleteOne({ _id: (i + 13) % SIZE })
    expect(await c.findOne({ _id: SIZE + rounds })).toMatchObject({ n: rounds })
  }
  await build
  expect(rounds).toBeGreaterThan(3)
  expect(await db.command({ validate: 'busy' })).toMatchObject({ valid: true, nIndexes: 2 })
  for (const filter of [{ tags: 3 }, { tags: [] as number[] }, { tags: 2, n: { $lt: 5 } }]) {
    const ids = (hint: 'tags_1_n_-1' | { $natural: 1 }) =>
      c
        .find(filter, { hint, projection: { _id: 1 } })
        .map((d) => d._id)
        .toArray()
    expect((await ids('tags_1_n_-1')).sort()).toEqual((await ids({ $natural: 1 })).sort())
  }
})

test('two clients that want the same index make one', async () => {
  const c = await filled(db, 'same')
  await Promise.all([c.createIndex({ n: 1 }), c.createIndex({ n: 1 }), c.createIndex({ tags: 1 })])
  expect((await c.indexes()).map((i) => i.name)).toEqual(['_id_', 'n_1', 'tags_1'])
})

test('a build that meets a duplicate leaves no index behind', async () => {
  const c = await filled(db, 'twice')
  await expect(c.createIndex({ n: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 })
  expect((await c.indexes()).map((i) => i.name)).toEqual(['_id_'])
  await c.createIndex({ n: 1 })
  expect(await db.command({ validate: 'twice' })).toMatchObject({ valid: true, nIndexes: 2 })
})

test('a build ends when its collection is dropped', async () => {
  const c = await filled(db, 'gone')
  const build = c.createIndex({ n: 1 }).catch((error) => error.code)
  await db.command({ ping: 1 })
  await c.drop()
  expect([276, 'n_1']).toContain(await build)
  await c.insertOne({ _id: 1, n: 1, tags: [] })
  expect(await db.command({ validate: 'gone' })).toMatchObject({ valid: true, nIndexes: 1 })
})

test('a build that kill -9 cuts short is gone after the restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'lathe-build-'))
  {
    await using first = await startTestServer({ dataDir, env: { LATHE_MONGO_SYNCHRONOUS: 'NORMAL' } })
    const other = (await first.client({ retryWrites: false })).db('build')
    const c = await filled(other, 'cut')
    const build = c.createIndex({ tags: 1, n: 1 }).catch(() => {})
    for (let i = 0; i < 5; i++) await other.command({ ping: 1 })
    await first.kill('SIGKILL')
    await build
  }
  await using again = await startTestServer({ dataDir })
  const other = (await again.client()).db('build')
  expect(await other.collection('cut').countDocuments()).toBe(SIZE)
  expect((await other.collection('cut').indexes()).map((i) => i.name)).toEqual(['_id_'])
  expect(await other.command({ validate: 'cut' })).toMatchObject({ valid: true })
  await other.collection('cut').createIndex({ tags: 1, n: 1 })
  await rm(dataDir, { recursive: true })
})
