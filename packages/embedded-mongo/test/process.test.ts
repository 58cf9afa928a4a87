import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { startServer } from '../src/index.ts'
import { forkServer, ROOT, startTestServer } from './support.ts'

async function refusal(env: Record<string, string>) {
  const { report, child } = await forkServer(env)
  const code = child.exitCode ?? (await once(child, 'exit'))[0]
  return { report, code }
}

async function tempDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'lathe-mongo-'))
}

test('a taken port is refused by the name of its setting', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const dataDir = await tempDir()
  const { report, code } = await refusal({ LATHE_MONGO_DATA: dataDir, LATHE_MONGO_PORT: String(port) })
  expect(report).toMatchObject({ type: 'refused', setting: 'LATHE_MONGO_PORT' })
  expect(code).toBe(1)
  other.close()
  await rm(dataDir, { recursive: true })
})

test('a data folder that is a file, or a file that is no database, is refused', async () => {
  const dir = await tempDir()
  const file = join(dir, 'file')
  await writeFile(file, '')
  expect((await refusal({ LATHE_MONGO_DATA: file })).report).toMatchObject({
    type: 'refused',
    setting: 'LATHE_MONGO_DATA',
  })
  await writeFile(
    join(dir, 'data.sqlite'),
    'this is no SQLite database, but long enough to be looked at as one'.repeat(50),
  )
  expect((await refusal({ LATHE_MONGO_DATA: dir })).report).toMatchObject({
    type: 'refused',
    setting: 'LATHE_MONGO_DATA',
  })
  await chmod(dir, 0o700)
  await rm(dir, { recursive: true })
})

test('a second server on the same folder is refused', async () => {
  await using first = await startTestServer()
  const { report } = await refusal({ LATHE_MONGO_DATA: first.dataDir })
  expect(report).toMatchObject({ type: 'refused', setting: 'LATHE_MONGO_DATA' })
})

test('a missing setting is refused by name', async () => {
  expect((await refusal({})).report).toMatchObject({ type: 'refused', setting: 'LATHE_MONGO_DATA' })
})

test('SIGTERM lets a running command finish and ends with code 0', async () => {
  const server = await startTestServer()
  const client = await server.client()
  const many = client
    .db('d')
    .collection('c')
    .insertMany(Array.from({ length: 3000 }, (_, i) => ({ i })))
  await client.db('d').command({ ping: 1 })
  const code = await server.kill('SIGTERM')
  expect(code).toBe(0)
  const inserted = await many.then(
    (r) => r.insertedCount,
    () => undefined,
  )
  await using again = await startTestServer({ dataDir: server.dataDir })
  const count = await (await again.client()).db('d').collection('c').countDocuments()
  if (inserted !== undefined) expect(count).toBe(inserted)
  await server[Symbol.asyncDispose]()
})

test('it ends when its parent goes away', async () => {
  const dataDir = await tempDir()
  const { child } = await forkServer({ LATHE_MONGO_DATA: dataDir })
  child.disconnect()
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  await rm(dataDir, { recursive: true })
})

test('the library entry serves in this process', async () => {
  const dataDir = await tempDir()
  {
    await using server = await startServer({ dataDir, rootUser: ROOT.user, rootPassword: ROOT.password })
    const client = await new MongoClient(server.url).connect()
    await client.db('x').collection('y').insertOne({ a: 1 })
    expect(await client.db('x').collection('y').countDocuments({ a: 1 })).toBe(1)
    await client.close()
  }
  await rm(dataDir, { recursive: true })
})
