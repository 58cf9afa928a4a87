/**
 * Times the embedded database through the official driver, with FULL and NORMAL durability: `node bench/clients.ts`
 * after a build. Each figure is the median of its rounds; `ping` is the floor that the client itself sets.
 */
import { readFile } from 'node:fs/promises'
import type { Collection, Db, Document } from 'mongodb'
import { startTestServer } from '../test/support.ts'

const ROUNDS = 5

type Figures = Record<string, string>

async function perCall(n: number, call: (i: number) => Promise<unknown>): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now()
    for (let i = 0; i < n; i++) await call(i)
    rounds.push((performance.now() - started) / n)
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1]!
}

const ms = (n: number) => `${n.toFixed(n < 10 ? 2 : 0)} ms`

async function writes(db: Db, out: Figures): Promise<void> {
  const c = db.collection('writes')
  await c.createIndex({ k: 1 })
  const one = () => c.insertOne({ k: Math.random(), text: 'x'.repeat(100) })
  const sequential = await perCall(200, one)
  out.insertOne = ms(sequential)
  const together = await perCall(1, () => Promise.all(Array.from({ length: 16 }, () => perCall(10, one))))
  const rate = 16 * 10 * ROUNDS * (1000 / together)
  out['insertOne, 16 clients'] =
    `${rate.toFixed(0)}/s (${(rate / (1000 / sequential)).toFixed(1)}x one client)`
  out['insertMany of 1000'] = ms(
    await perCall(3, () => c.insertMany(Array.from({ length: 1000 }, (_, i) => ({ k: i })))),
  )
}

async function reads(db: Db, out: Figures): Promise<void> {
  const c: Collection<Document & { _id: number }> = db.collection('reads')
  for (let n = 0; n < 100_000; n += 10_000) {
    await c.insertMany(
      Array.from({ length: 10_000 }, (_, i) => ({ _id: n + i, k: n + i, g: i % 100, text: `text ${i}` })),
    )
  }
  await c.createIndex({ k: 1 })
  out['findOne by _id'] = ms(await perCall(300, (i) => c.findOne({ _id: i * 7 })))
  out['findOne by index'] = ms(await perCall(300, (i) => c.findOne({ k: i * 7 })))
  out['find 100 by index'] = ms(
    await perCall(50, (i) => c.find({ k: { $gte: i * 100, $lt: i * 100 + 100 } }).toArray()),
  )
  out.updateOne = ms(await perCall(200, (i) => c.updateOne({ _id: i }, { $inc: { n: 1 } })))
  out['unindexed scan of 10k'] = ms(
    (await perCall(2, () => c.find({ text: 'none' }).limit(1).hint({ $natural: 1 }).toArray())) / 10,
  )
  const group = () => c.aggregate([{ $group: { _id: '$g', n: { $sum: '$k' } } }]).toArray()
  out['group over 100k'] = ms(await perCall(1, group))
  const latencies: number[] = []
  let running = true
  const grouping = group().finally(() => {
    running = false
  })
  while (running) latencies.push(await perCall(1, () => c.findOne({ _id: 5 })))
  await grouping
  latencies.sort((a, b) => a - b)
  out['point read while grouping, p99'] = ms(latencies[Math.floor(latencies.length * 0.99)]!)
}

async function streams(db: Db, out: Figures): Promise<void> {
  const c = db.collection('streamed')
  const stream = c.watch()
  await stream.tryNext()
  out['insert to change event'] = ms(
    await perCall(50, async () => {
      await c.insertOne({})
      await stream.next()
    }),
  )
  await stream.close()
}

async function measure(synchronous: 'FULL' | 'NORMAL'): Promise<Figures> {
  await using server = await startTestServer({ env: { LATHE_MONGO_SYNCHRONOUS: synchronous } })
  const db = (await server.client({ minPoolSize: 16, maxPoolSize: 20 })).db('bench')
  const out: Figures = { ping: ms(await perCall(300, () => db.command({ ping: 1 }))) }
  await writes(db, out)
  await reads(db, out)
  await streams(db, out)
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8')
  out['memory (RSS)'] = `${Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024)} MB`
  return out
}

const full = await measure('FULL')
const normal = await measure('NORMAL')
console.log('| | FULL | NORMAL |\n|---|---|---|')
for (const name of Object.keys(full)) console.log(`| ${name} | ${full[name]} | ${normal[name]} |`)
