import type { Attempt } from './attempt.ts'

/** The database server, with the user that an app has. */
export const databaseAttempts: Attempt[] = (
  [
    ['the other app’s documents', `return (await other.collection('secrets').find().toArray()).length`],
    [
      'a write to the other app’s documents',
      `return (await other.collection('secrets').insertOne({ planted: true })).acknowledged`,
    ],
    ['the end of the other app’s database', `return await other.dropDatabase()`],
    ['the other app’s collections', `return (await other.listCollections().toArray()).length`],
    [
      'the other app’s collections by $lookup',
      `await own.collection('one').insertOne({}); return (await own.collection('one').aggregate([{ $lookup: { from: { db: at.victim.database, coll: 'secrets' }, pipeline: [], as: 'x' } }]).toArray())[0].x.length`,
    ],
    [
      'the other app’s collections by $unionWith',
      `return (await own.collection('one').aggregate([{ $unionWith: { db: at.victim.database, coll: 'secrets' } }]).toArray()).some((d) => d.word)`,
    ],
    [
      'a write to the other app by $out',
      `await own.collection('one').aggregate([{ $out: { db: at.victim.database, coll: 'planted' } }]).toArray(); return 'written'`,
    ],
    [
      'a write to the other app by $merge',
      `await own.collection('one').aggregate([{ $merge: { into: { db: at.victim.database, coll: 'secrets' } } }]).toArray(); return 'written'`,
    ],
    [
      'the other app’s collection, renamed into its own database',
      `return await client.db('admin').command({ renameCollection: at.victim.database + '.secrets', to: own.databaseName + '.taken' })`,
    ],
    [
      'the names of all databases',
      `return (await client.db('admin').command({ listDatabases: 1 })).databases.some((d) => d.name !== own.databaseName)`,
    ],
    [
      'the users of the database',
      `return (await client.db('admin').collection('system.users').find().toArray()).length`,
    ],
    [
      'the users, by command',
      `return (await client.db('admin').command({ usersInfo: { forAllDBs: true }, showCredentials: true })).users.length`,
    ],
    [
      'the platform’s own documents',
      `return (await client.db('lathe').collection('apps').find().toArray()).length`,
    ],
    [
      'the platform’s own documents, changed',
      `return (await client.db('lathe').collection('runtimes').updateMany({}, { $set: { tokenHash: '' } })).matchedCount`,
    ],
    [
      'a user with more rights',
      `return await own.command({ createUser: 'more', pwd: 'x', roles: [{ role: 'root', db: 'admin' }] })`,
    ],
    [
      'more rights for itself',
      `return await own.command({ grantRolesToUser: own.databaseName, roles: [{ role: 'readWrite', db: at.victim.database }] })`,
    ],
    [
      'a new password for the other app',
      `return await other.command({ updateUser: at.victim.database, pwd: 'stolen' })`,
    ],
    [
      'another password for its own user, which the platform would not know',
      `return await own.command({ updateUser: own.databaseName, pwd: 'x' })`,
    ],
    [
      'a role of its own making',
      `return await own.command({ createRole: 'all', privileges: [{ resource: { db: '', collection: '' }, actions: ['find'] }], roles: [] })`,
    ],
    ['the end of the database', `return await client.db('admin').command({ shutdown: 1, force: true })`],
    [
      'what others ask the database',
      `return (await client.db('admin').command({ currentOp: 1, $all: true })).inprog.some((op) => op.ns?.startsWith(at.victim.database))`,
    ],
    ['the end of what others ask', `return await client.db('admin').command({ killAllSessions: [] })`],
    ['the database’s command line', `return await client.db('admin').command({ getCmdLineOpts: 1 })`],
    ['the database’s log', `return (await client.db('admin').command({ getLog: 'global' })).log.length`],
    [
      'a setting of the database',
      `return await client.db('admin').command({ setParameter: 1, logLevel: 5 })`,
    ],
    [
      'code in the database',
      `return (await own.collection('one').find({ $where: 'process.pid > 0' }).toArray()).length`,
    ],
    [
      'code in the database by $function',
      `return (await own.collection('one').aggregate([{ $project: { x: { $function: { body: 'function() { return typeof process === "object" && process.pid }', args: [], lang: 'js' } } } }]).toArray())[0].x > 0`,
    ],
    [
      'the other app’s documents without a password',
      `const { host } = new URL('http://' + client.options.hosts[0]); const { MongoClient } = await import('mongodb'); const free = new MongoClient('mongodb://' + host, { serverSelectionTimeoutMS: 3000 }); try { return (await free.db(at.victim.database).collection('secrets').find().toArray()).length } finally { await free.close() }`,
    ],
    [
      'the other app’s user with its own password',
      `const { MongoClient } = await import('mongodb'); const { username, password } = client.options.credentials; const as = new MongoClient('mongodb://' + at.victim.database + ':' + encodeURIComponent(password) + '@' + client.options.hosts[0] + '/' + at.victim.database, { serverSelectionTimeoutMS: 3000 }); try { return (await as.db().collection('secrets').find().toArray()).length } finally { await as.close() }`,
    ],
  ] as const
).map(([name, code]) => ({
  name,
  code: `const { client, db: own } = cloud.mongo; const other = client.db(at.victim.database); ${code}`,
  never: 'another database, or the server itself, is read or changed',
  denied: 'platform' as const,
}))
