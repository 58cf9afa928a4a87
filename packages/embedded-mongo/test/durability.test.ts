import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Collection, MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { startTestServer } from './support.ts'

/** Rounds of the crash test; the long run of an evening sets more. */
const ROUNDS = Number(process.env.LATHE_CRASH_ROUNDS ?? 6)

interface Pair {
  _id: string
  n: number
  twin?: string
}

/** Writes until the connection breaks; `acknowledged` is what the server said was done. */
async function load(
  client: MongoClient,
  worker: number,
  round: number,
  acknowledged: Map<string, number>,
): Promise<void> {
  const c: Collection<Pair> = client.db('crash').collection('c')
  for (let i = 0; ; i++) {
    const id = `${round}-${worker}-${i}`
    if (i % 5 === 4) {
      await client.withSession(async (session) => {
        session.startTransaction()
        await c.insertOne({ _id: `${id}-x`, n: 1, twin: `${id}-y` }, { session })
        await c.insertOne({ _id: `${id}-y`, n: 1, twin: `${id}-x` }, { session })
        await session.commitTransaction()
      })
      acknowledged.set(`${id}-x`, 1)
      acknowledged.set(`${id}-y`, 1)
    } else {
      await c.insertOne({ _id: id, n: 1 })
      acknowledged.set(id, 1)
      await c.updateOne({ _id: id }, { $inc: { n: 1 } })
      acknowledged.set(id, 2)
    }
  }
}

test(
  'kill -9 at any moment loses nothing that was acknowledged and tears no transaction',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lathe-crash-'))
    const acknowledged = new Map<string, number>()
    for (let round = 0; round <= ROUNDS; round++) {
      await using server = await startTestServer({ dataDir })
      const client = await server.client({ retryWrites: false, serverSelectionTimeoutMS: 1000 })
      const c = client.db('crash').collection<Pair>('c')
      if (round === 0) await c.createIndex({ n: 1, twin: 1 })
      const stored = new Map((await c.find().toArray()).map((d) => [d._id, d]))
      for (const [id, n] of acknowledged)
        expect(stored.get(id)?.n ?? 0, `${id} after round ${round}`).toBeGreaterThanOrEqual(n)
      for (const d of stored.values()) if (d.twin) expect(stored.has(d.twin), `twin of ${d._id}`).toBe(true)
      expect(await client.db('crash').command({ validate: 'c' })).toMatchObject({ valid: true })
      if (round === ROUNDS) break
      const before = acknowledged.size
      const workers = [0, 1, 2, 3].map((w) => load(client, w, round, acknowledged).catch(() => {}))
      // A random amount of work is done first, so that the blow falls at a random moment of it.
      const goal = before + 1 + Math.floor(Math.random() * 120)
      while (acknowledged.size < goal) await client.db('crash').command({ ping: 1 })
      await server.kill('SIGKILL')
      await client.close(true).catch(() => {})
      await Promise.all(workers)
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS)
    await rm(dataDir, { recursive: true })
  },
  60_000 + ROUNDS * 5_000,
)

test('concurrent writers share commits', async () => {
  await using server = await startTestServer()
  const client = await server.client({ maxPoolSize: 16, minPoolSize: 16 })
  const c = client.db('group').collection('c')
  await c.insertOne({})
  const commits = async () => Number((await client.db('admin').command({ serverStatus: 1 })).sqlite.commits)
  const before = await commits()
  await Promise.all(Array.from({ length: 320 }, (_, i) => c.insertOne({ i })))
  expect((await commits()) - before).toBeLessThan(320)
})
