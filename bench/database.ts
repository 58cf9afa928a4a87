import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MONGO_PROCESS_ENV } from '@lathe/shared/settings'
import { type Db, MongoClient } from 'mongodb'
import { figure, table, verdict } from './lib/markdown.ts'
import { freePort, rssMb, startPeer } from './lib/processes.ts'
import type { Section } from './lib/section.ts'
import { interleave, median, percentile } from './lib/statistics.ts'

const ROUNDS = 7
const GIGABYTE = 1024 ** 3
const SERVER = fileURLToPath(new URL('../packages/embedded-mongo/dist/main.js', import.meta.url))
const CONSTANT = fileURLToPath(new URL('peers/constant-mongo.ts', import.meta.url))

interface Row {
  _id: number
  k: number
  g: number
  text: string
}

interface Target extends AsyncDisposable {
  db: Db
  pid: number
}

/** Milliseconds for each operation, by its name: medians of the rounds. */
type Times = Map<string, number>

async function embedded(synchronous: 'FULL' | 'NORMAL'): Promise<Target> {
  const data = await mkdtemp(join(tmpdir(), 'lathe-bench-mongo-'))
  const child = fork(SERVER, {
    env: {
      LATHE_MONGO_DATA: data,
      LATHE_MONGO_ROOT_USER: 'root',
      LATHE_MONGO_ROOT_PASSWORD: 'password-of-the-bench',
      LATHE_MONGO_SYNCHRONOUS: synchronous,
      ...MONGO_PROCESS_ENV,
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [report] = (await once(child, 'message')) as [{ address: string }]
  const client = await MongoClient.connect(
    `mongodb://root:password-of-the-bench@${report.address}/?authSource=admin`,
    { minPoolSize: 16, maxPoolSize: 20 },
  )
  return {
    db: client.db('bench'),
    pid: child.pid!,
    async [Symbol.asyncDispose]() {
      await client.close()
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      await rm(data, { recursive: true })
    },
  }
}

/** The driver's own share. */
async function constant(): Promise<Target> {
  const port = await freePort()
  const peer = await startPeer([CONSTANT, String(port)], { host: '127.0.0.1', port })
  const client = await MongoClient.connect(`mongodb://127.0.0.1:${port}/?directConnection=true`)
  return {
    db: client.db('bench'),
    pid: peer.pid,
    async [Symbol.asyncDispose]() {
      await client.close()
      await peer[Symbol.asyncDispose]()
    },
  }
}

/** What an operation is called, how often a round repeats it, and the operation. */
type Operation = readonly [name: string, repeats: number, call: (db: Db, i: number) => Promise<unknown>]

const rows = (db: Db) => db.collection<Row>('reads')
const insert = (db: Db) => db.collection('writes').insertOne({ k: Math.random(), text: 'x'.repeat(100) })

const POINTS: readonly Operation[] = [
  ['ping', 300, (db) => db.command({ ping: 1 })],
  ['findOne by _id', 300, (db, i) => rows(db).findOne({ _id: i * 7 })],
  ['findOne by index', 300, (db, i) => rows(db).findOne({ k: i * 7 })],
]
const OTHERS: readonly Operation[] = [
  [
    'find 100 by index',
    50,
    (db, i) =>
      rows(db)
        .find({ k: { $gte: i * 100, $lt: i * 100 + 100 } })
        .toArray(),
  ],
  ['updateOne', 100, (db, i) => rows(db).updateOne({ _id: i }, { $inc: { n: 1 } })],
  ['insertOne', 100, insert],
  [
    'insertOne, each of 16 clients at once',
    1,
    (db) => Promise.all(Array.from({ length: 16 }, () => times(50, () => insert(db)))),
  ],
  [
    'insertMany of 1,000',
    2,
    (db) => db.collection('many').insertMany(Array.from({ length: 1000 }, (_, k) => ({ k }))),
  ],
  ['unindexed scan of 100,000', 1, (db) => rows(db).find({ text: 'none' }).hint({ $natural: 1 }).toArray()],
  ['group over 100,000', 1, group],
]
/** Operations of which one call counts as many. */
const SHARES: Record<string, number> = { 'insertOne, each of 16 clients at once': 16 * 50 }

function group(db: Db): Promise<unknown> {
  return rows(db)
    .aggregate([{ $group: { _id: '$g', n: { $sum: '$k' } } }])
    .toArray()
}

async function times(n: number, call: (i: number) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < n; i++) await call(i)
}

async function fill(db: Db): Promise<void> {
  for (let n = 0; n < 100_000; n += 10_000) {
    await rows(db).insertMany(
      Array.from({ length: 10_000 }, (_, i) => ({ _id: n + i, k: n + i, g: i % 100, text: `text ${n + i}` })),
    )
  }
  await rows(db).createIndex({ k: 1 })
  await db.collection('writes').createIndex({ k: 1 })
}

async function timed({ db }: Target, [name, repeats, call]: Operation): Promise<number> {
  const startedAt = performance.now()
  await times(repeats, (i) => call(db, i))
  return (performance.now() - startedAt) / repeats / (SHARES[name] ?? 1)
}

async function measureAll(target: Target, operations: readonly Operation[]): Promise<Times> {
  for (const operation of operations) await timed(target, operation)
  const results = await interleave(ROUNDS, operations, (operation) => timed(target, operation))
  return new Map([...results].map(([[name], samples]) => [name, median(samples)]))
}

/** Another client's point reads while a group runs, in milliseconds. */
async function readsWhileGrouping({ db }: Target): Promise<number> {
  const latencies: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    let grouping = true
    const ended = group(db).finally(() => {
      grouping = false
    })
    while (grouping) {
      const startedAt = performance.now()
      await rows(db).findOne({ _id: 5 })
      latencies.push(performance.now() - startedAt)
    }
    await ended
  }
  return percentile(latencies, 0.99)
}

async function changeDelay({ db }: Target): Promise<number> {
  const collection = db.collection('streamed')
  await using stream = collection.watch()
  await stream.tryNext()
  const delays: number[] = []
  for (let i = 0; i < 50; i++) {
    const startedAt = performance.now()
    await Promise.all([collection.insertOne({ i }), stream.next()])
    delays.push(performance.now() - startedAt)
  }
  return median(delays)
}

/** Resident megabytes with a gigabyte of documents, of which some have been read by index and by a scan. */
async function memoryWithAGigabyte(): Promise<number> {
  await using target = await embedded('NORMAL')
  const collection = target.db.collection<{ _id: number; text: string }>('large')
  const text = 'x'.repeat(4000)
  const documents = Math.ceil(GIGABYTE / 4096)
  for (let n = 0; n < documents; n += 1000)
    await collection.insertMany(Array.from({ length: 1000 }, (_, i) => ({ _id: n + i, text })))
  await times(2000, (i) => collection.findOne({ _id: (i * 7919) % documents }))
  await collection.countDocuments({ text: 'none' })
  return rssMb(target.pid)
}

/** The embedded database through the official driver, with both durabilities, beside the driver alone. */
export async function database(): Promise<Section> {
  const measured = new Map<string, Times>()
  let readP99 = 0
  for (const synchronous of ['FULL', 'NORMAL'] as const) {
    await using target = await embedded(synchronous)
    await fill(target.db)
    const all = await measureAll(target, [...POINTS, ...OTHERS])
    all.set('insert to its change event', await changeDelay(target))
    if (synchronous === 'FULL') readP99 = await readsWhileGrouping(target)
    measured.set(synchronous, all)
  }
  await using floor = await constant()
  measured.set(
    'driver',
    await measureAll(floor, [...POINTS, ...OTHERS.filter(([name]) => name === 'insertOne')]),
  )
  const memory = await memoryWithAGigabyte()

  const full = measured.get('FULL')!
  const of = (name: string, times: Times = full) => times.get(name) ?? Number.NaN
  const ratio = of('findOne by index') / of('ping')
  const driver = measured.get('driver')!
  const driverRatio = of('findOne by index', driver) / of('ping', driver)
  const gain = of('insertOne') / of('insertOne, each of 16 clients at once')
  return {
    title: 'The embedded database',
    text: [
      'Through the official driver, milliseconds a call, medians of interleaved rounds. "Driver alone" speaks to a server that answers everything with a constant.',
      table(
        ['', 'FULL', 'NORMAL', 'driver alone'],
        [...full.keys()].map((name) => [
          name,
          ...['FULL', 'NORMAL', 'driver'].map((column) => figure(of(name, measured.get(column)))),
        ]),
      ),
      `Of the driver alone, a read takes ${figure(driverRatio)}x a ping. With a gigabyte of documents, read by index and by a scan: ${figure(memory)} MB resident.`,
    ].join('\n\n'),
    verdicts: [
      verdict('embedded: read by index <= 1.5x ping', `${figure(ratio)}x`, ratio <= 1.5),
      verdict('embedded: 16 inserting clients >= 5x one', `${figure(gain)}x`, gain >= 5),
      verdict(
        'embedded: group over 100,000 < 1 s',
        `${figure(of('group over 100,000'))} ms`,
        of('group over 100,000') < 1000,
      ),
      verdict('embedded: reads meanwhile p99 < 20 ms', `${figure(readP99)} ms`, readP99 < 20),
      verdict('embedded: RSS < 150 MB with 1 GB', `${figure(memory)} MB`, memory < 150),
    ],
  }
}
