import { appendFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  type MongoClient,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runDb } from '../src/tool/command.ts'
import { type Server, startTestServer } from './support.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lathe-db-tool-'))
})
afterEach(() => rm(root, { recursive: true }))

/** A server on the folder that the tool takes for Lathe's. */
async function serverOn(data: string): Promise<Server> {
  await mkdir(join(root, data), { recursive: true })
  return startTestServer({ dataDir: join(root, data, 'mongo') })
}

async function db(data: string, ...args: string[]): Promise<{ ok: boolean; lines: string[] }> {
  const lines: string[] = []
  const ok = await runDb(args, { cwd: root, data: join(root, data), print: (line) => lines.push(line) })
  return { ok, lines }
}

const AWKWARD = [
  new Map<string, unknown>([
    ['_id', 1],
    ['b', new Double(1)],
    ['1', new Int32(1)],
    ['0', Long.fromNumber(1)],
  ]),
  {
    _id: 2,
    decimal: Decimal128.fromString('1.0E+3'),
    zero: new Double(-0),
    long: Long.MAX_VALUE,
    bytes: new Binary(Buffer.from([1, 2]), 5),
    re: new BSONRegExp('^a', 'i'),
    code: new Code('f()', { x: 1 }),
    at: new Date(5),
    ts: new Timestamp({ t: 1, i: 2 }),
    id: new ObjectId(),
    max: new MaxKey(),
    nested: [[{ a: null }], []],
  },
  {
    _id: 3,
    text: 'a\u0000b “ü” 😀',
    empty: '',
    yes: true,
    no: false,
    none: null,
    int: new Int32(-(2 ** 31)),
    least: Long.MIN_VALUE,
    nan: new Double(Number.NaN),
    infinite: new Double(Number.NEGATIVE_INFINITY),
    nanDecimal: Decimal128.fromString('NaN'),
    smallest: Decimal128.fromString('-1E-6176'),
    precise: Decimal128.fromString('9.999999999999999999999999999999999E+6144'),
    before: new Date(-8.64e15),
    after: new Date(8.64e15),
    generic: new Binary(Buffer.alloc(3), 0),
    uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    own: new Binary(Buffer.from([255]), 128),
    bare: new Code('g()'),
    symbol: new BSONSymbol('s'),
    min: new MinKey(),
    object: {},
  },
]

async function fill(client: MongoClient): Promise<void> {
  const a = client.db('one').collection('a')
  await a.insertMany(AWKWARD as never[])
  await a.createIndex({ 'nested.a': 1, decimal: -1 }, { sparse: true })
  await a.createIndex({ at: 1 }, { expireAfterSeconds: 1e9, name: 'ttl' })
  await client.db('one').createCollection('odd/name', { capped: true, size: 100_000, max: 5 })
  await client.db('two').createCollection('ruled', { validator: { n: { $type: 'number' } } })
  await client
    .db('two')
    .collection('ruled')
    .insertMany(Array.from({ length: 2500 }, (_, n) => ({ _id: n as never, n })))
  await client
    .db('two')
    .collection('ruled')
    .createIndex({ n: 1 }, { unique: true, partialFilterExpression: { n: { $gt: 5 } } })
}

async function everything(client: MongoClient) {
  const out: Record<string, unknown> = {}
  for (const name of ['one', 'two']) {
    for (const { name: coll, options } of (await client.db(name).listCollections().toArray()) as {
      name: string
      options?: unknown
    }[]) {
      const c = client.db(name).collection(coll)
      const documents = await c.find({}, { raw: true, sort: { _id: 1 } }).toArray()
      const hex = documents.map((d) => (d as unknown as Buffer).toString('hex'))
      out[`${name}.${coll}`] = { options, indexes: await c.indexes(), hex }
    }
  }
  return out
}

test('a dump of a running server, restored, is the same byte for byte', async () => {
  let before: unknown
  {
    await using server = await serverOn('first')
    const client = await server.client()
    await fill(client)
    before = await everything(client)
    const { lines } = await db('first', 'dump', 'out')
    expect(lines).toEqual(['dumped 2503 documents in 3 collections'])
    expect((await readdir(root)).sort()).toEqual(['first', 'out'])
  }
  await db('second', 'restore', 'out')
  expect((await db('second', 'check')).lines).toEqual(['ok: 2503 documents in 3 collections, 6 indexes'])
  await using server = await serverOn('second')
  const client = await server.client()
  expect(await everything(client)).toEqual(before)
  // Nobody is left who could sign in but those who should.
  const { users } = await client.db('admin').command({ usersInfo: 1 })
  expect(users.map((u: { user: string }) => u.user)).toEqual(['root'])
})

test('dump and restore go through a url too, and restore replaces only when told', async () => {
  await using server = await serverOn('first')
  const client = await server.client()
  await fill(client)
  const before = await everything(client)
  await db('none', 'dump', 'out', '--url', server.url())
  await expect(db('none', 'restore', 'out', '--url', server.url())).rejects.toThrow(/has documents already/)
  await client.db('one').collection('a').deleteMany({})
  await db('none', 'restore', 'out', '--url', server.url(), '--drop')
  expect(await everything(client)).toEqual(before)
})

test('a folder in use is not restored into, a damaged dump not taken for a whole one', async () => {
  {
    await using server = await serverOn('first')
    await fill(await server.client())
    await db('first', 'dump', 'out')
    await expect(db('first', 'restore', 'out')).rejects.toThrow(/another server uses it; stop Lathe first/)
  }
  await appendFile(join(root, 'out/two/ruled.bson'), Buffer.from([50, 0, 0, 0, 1]))
  await expect(db('second', 'restore', 'out')).rejects.toThrow(/ends within a document/)
  await expect(db('first', 'dump', 'out')).rejects.toThrow(/cannot be made: EEXIST/)
  await expect(db('nowhere', 'check')).rejects.toThrow(/there is no database/)
})

test('a backup that is taken while clients write is whole and holds what was acknowledged before', async () => {
  let acknowledged = 0
  {
    await using server = await serverOn('first')
    const client = await server.client()
    const c = client.db('busy').collection('c')
    await c.createIndex({ n: 1, tags: 1 })
    let writing = true
    const writers = [0, 1, 2, 3].map(async (w) => {
      for (let i = 0; writing; i++) await c.insertOne({ n: i, tags: [w, i], text: 'x'.repeat(500) })
    })
    while (acknowledged < 200) acknowledged = await c.countDocuments()
    await db('first', 'backup', 'copy.sqlite')
    writing = false
    await Promise.all(writers)
  }
  await mkdir(join(root, 'second/mongo'), { recursive: true })
  await rename(join(root, 'copy.sqlite'), join(root, 'second/mongo/data.sqlite'))
  expect((await db('second', 'check')).ok).toBe(true)
  await using server = await serverOn('second')
  const count = await (await server.client()).db('busy').collection('c').countDocuments()
  expect(count).toBeGreaterThanOrEqual(acknowledged)
})

test('check names an index that lacks an entry, and one that has an entry too many', async () => {
  {
    await using server = await serverOn('first')
    const c = (await server.client()).db('d').collection('c')
    await c.insertMany([{ a: 1 }, { a: 2 }])
    await c.createIndex({ a: 1 })
  }
  expect((await db('first', 'check')).ok).toBe(true)
  const file = new DatabaseSync(join(root, 'first/mongo/data.sqlite'))
  const { id } = file.prepare('SELECT max(id) AS id FROM indexes').get() as { id: number }
  file.exec(`DELETE FROM x${id} WHERE rid = 1; INSERT INTO x${id} VALUES (x'ff', 9), (x'fe', 9)`)
  file.close()
  const { ok, lines } = await db('first', 'check')
  expect(ok).toBe(false)
  expect(lines).toEqual([
    'd.c: index a_1 lacks an entry of record 1',
    'd.c: index a_1 has 3 entries instead of 2',
    '2 errors: 2 documents in 1 collections, 2 indexes',
  ])
})
