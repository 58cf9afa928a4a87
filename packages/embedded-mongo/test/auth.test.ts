import { type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, type Server, startTestServer } from './support.ts'

let server: Server
let root: Db
beforeAll(async () => {
  server = await startTestServer()
  root = (await server.client()).db('app')
  await root.collection('c').insertOne({ x: 1 })
  for (const role of ['read', 'readWrite', 'dbAdmin', 'dbOwner'])
    await root.command({ createUser: role, pwd: 'secret', roles: [role] })
})
afterAll(() => server[Symbol.asyncDispose]())

const error = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (e) => e.code as number,
  )
const as = async (user: string, options?: MongoClientOptions, password = 'secret') =>
  (await server.client(options, server.url(user, password, 'app'))).db('app')

describe('signing in', () => {
  test('needs the right password, user and database', async () => {
    const attempt = async (user: string, password: string, db: string) => {
      const client = new MongoClient(server.url(user, password, db))
      try {
        return await error(client.connect())
      } finally {
        await client.close()
      }
    }
    expect(await attempt('read', 'secret', 'app')).toBe('done')
    expect(await attempt('read', 'wrong', 'app')).toBe(18)
    expect(await attempt('nobody', 'secret', 'app')).toBe(18)
    expect(await attempt('read', 'secret', 'admin')).toBe(18)
  })

  test('works with SCRAM-SHA-1 too', async () => {
    const db = await as('read', { authMechanism: 'SCRAM-SHA-1' })
    expect(await db.collection('c').countDocuments()).toBe(1)
  })

  test('takes the root password that the server was started with', async () => {
    await using own = await startTestServer()
    await own.kill('SIGTERM')
    await using again = await startTestServer({
      dataDir: own.dataDir,
      env: { LATHE_MONGO_ROOT_PASSWORD: 'another-root-password' },
    })
    const client = await again.client({}, again.url(ROOT.user, 'another-root-password'))
    expect(await client.db('x').command({ ping: 1 })).toMatchObject({ ok: 1 })
  })
})

describe('roles', () => {
  const commands: [string, (db: Db) => Promise<unknown>, string[]][] = [
    ['find', (db) => db.collection('c').findOne(), ['read', 'readWrite', 'dbOwner']],
    ['aggregate', (db) => db.collection('c').aggregate([]).toArray(), ['read', 'readWrite', 'dbOwner']],
    [
      '$out',
      (db) =>
        db
          .collection('c')
          .aggregate([{ $out: 'copy' }])
          .toArray(),
      ['readWrite', 'dbOwner'],
    ],
    ['insert', (db) => db.collection('c').insertOne({ y: 1 }), ['readWrite', 'dbOwner']],
    [
      'upsert',
      (db) => db.collection('c').updateOne({ y: 2 }, { $set: { z: 1 } }, { upsert: true }),
      ['readWrite', 'dbOwner'],
    ],
    ['delete', (db) => db.collection('c').deleteMany({ y: 1 }), ['readWrite', 'dbOwner']],
    ['createIndex', (db) => db.collection('c').createIndex({ y: 1 }), ['readWrite', 'dbAdmin', 'dbOwner']],
    ['listCollections', (db) => db.listCollections().toArray(), ['read', 'readWrite', 'dbAdmin', 'dbOwner']],
    ['collMod', (db) => db.command({ collMod: 'c' }), ['dbAdmin', 'dbOwner']],
    ['createUser', (db) => db.command({ createUser: `u${Math.random()}`, pwd: 'p', roles: [] }), ['dbOwner']],
    ['usersInfo', (db) => db.command({ usersInfo: 1 }), ['dbOwner']],
    ['serverStatus', (db) => db.command({ serverStatus: 1 }), []],
    ['watch', (db) => db.collection('c').watch().tryNext(), ['read', 'readWrite', 'dbOwner']],
  ]
  test.each(commands)('%s is allowed to those who may', async (_name, run, allowed) => {
    for (const user of ['read', 'readWrite', 'dbAdmin', 'dbOwner']) {
      expect(await error(run(await as(user))), user).toBe(allowed.includes(user) ? 'done' : 13)
    }
  })

  test('end at their database', async () => {
    const db = (await as('dbOwner')).client.db('other')
    expect(await error(db.collection('c').findOne())).toBe(13)
    expect(await error(db.collection('c').insertOne({}))).toBe(13)
    const own = await as('dbOwner')
    expect(
      await error(
        own
          .collection('c')
          .aggregate([{ $out: { db: 'other', coll: 'x' } }])
          .toArray(),
      ),
    ).toBe(13)
    expect(
      await error(own.command({ createUser: 'spy', pwd: 'p', roles: [{ role: 'read', db: 'other' }] })),
    ).toBe(13)
    expect(
      await error(own.command({ createUser: 'spy', pwd: 'p', roles: [{ role: 'root', db: 'admin' }] })),
    ).toBe(13)
    const names = (await own.admin().listDatabases()).databases.map((d: Document) => d.name)
    expect(names).toEqual(['app'])
  })

  test('a cursor cannot be continued by somebody else', async () => {
    await root.collection<Document>('many').insertMany(Array.from({ length: 10 }, (_, i) => ({ i })))
    const { cursor } = await root.command({ find: 'many', batchSize: 2 })
    expect(await error((await as('read')).command({ getMore: cursor.id, collection: 'many' }))).toBe(13)
  })

  test('that change, and users that are dropped, take effect on open connections', async () => {
    await root.command({ createUser: 'brief', pwd: 'secret', roles: ['read'] })
    const db = await as('brief', { maxPoolSize: 1 })
    expect(await error(db.collection('c').insertOne({}))).toBe(13)
    await root.command({ updateUser: 'brief', roles: ['readWrite'] })
    expect(await error(db.collection('c').insertOne({}))).toBe('done')
    await root.command({ dropUser: 'brief' })
    expect(await error(db.collection('c').findOne())).toBe(13)
  })
})

test('users are described, changed and removed', async () => {
  const db = root.client.db('people')
  await db.command({ createUser: 'ann', pwd: 'one', roles: ['read'], customData: { n: 1 } })
  expect(await error(db.command({ createUser: 'ann', pwd: 'x', roles: [] }))).toBe(51003)
  expect(await error(db.command({ createUser: 'bob', pwd: 'x', roles: ['emperor'] }))).toBe(31)
  expect((await db.command({ usersInfo: 'ann' })).users).toMatchObject([
    { user: 'ann', db: 'people', roles: [{ role: 'read', db: 'people' }], customData: { n: 1 } },
  ])
  const ann = await server.client({}, server.url('ann', 'one', 'people'))
  expect(await error(ann.db('people').command({ updateUser: 'ann', pwd: 'own' }))).toBe(13)
  await db.command({ updateUser: 'ann', pwd: 'two' })
  expect(await error(new MongoClient(server.url('ann', 'one', 'people')).connect())).toBe(18)
  await db.command({ grantRolesToUser: 'ann', roles: ['readWrite'] })
  expect(await db.command({ dropAllUsersFromDatabase: 1 })).toMatchObject({ n: 1 })
  expect(await error(db.command({ dropUser: 'ann' }))).toBe(11)
})
