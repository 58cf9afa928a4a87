import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { childReportSchema } from '@lathe/shared'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unit } from './support/compile.ts'
import { RuntimeProcess } from './support/runtime-process.ts'

const SERVER = fileURLToPath(new URL('../../../packages/embedded-mongo/dist/main.js', import.meta.url))
let server: ChildProcess
let data: string
let runtime: RuntimeProcess

beforeAll(async () => {
  data = mkdtempSync(`${tmpdir()}/lathe-rt-db-`)
  const password = 'root-password-of-the-test'
  server = fork(SERVER, [], {
    env: { LATHE_MONGO_DATA: data, LATHE_MONGO_ROOT_USER: 'root', LATHE_MONGO_ROOT_PASSWORD: password },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [report] = await once(server, 'message')
  const { address } = childReportSchema.parse(report) as { address: string }
  runtime = await RuntimeProcess.start({
    mongoUrl: `mongodb://root:${password}@${address}/app?authSource=admin`,
    functions: [
      unit(
        'chain',
        `import cloud from '@lafjs/cloud'
const db = cloud.database()
const _ = db.command
export default async () => {
  const users = db.collection('users')
  const { id } = await users.add({ name: 'Ada', age: 36, tags: ['a'], address: { city: 'London', zip: '1' } })
  await users.add([{ name: 'Bob', age: 20, tags: [] }, { name: 'Cy', age: 70, tags: ['b', 'c'] }])
  const names = async (q: any) => (await q.get()).data.map((u: any) => u.name)
  return {
    byText: (await users.doc(String(id)).get()).data.name,
    between: await names(users.where({ age: _.gt(18).and(_.lt(40)) }).orderBy('age', 'desc')),
    or: await names(users.where(_.or({ name: 'Bob' }, { age: _.gte(70) })).orderBy('name')),
    or2: await names(users.where({ age: _.or(_.eq(20), _.eq(70)) }).orderBy('name')),
    nested: await names(users.where({ address: { city: 'London' } })),
    regexp: await names(users.where({ name: db.RegExp({ regexp: '^b', options: 'i' }) })),
    in: await names(users.where({ _id: _.in([String(id)]) })),
    page: await names(users.orderBy('name').page(2, 1)),
    one: (await users.where({ name: 'Nobody' }).getOne()).data,
    fields: Object.keys((await users.field({ name: true, _id: false }).where({ name: 'Ada' }).getOne()).data),
    count: (await users.where({ tags: _.size(0) }).count()).total,
    updated: await users.doc(id).update({ age: _.inc(1), address: { zip: '2' }, tags: _.push('z'), name: _.set('Ada L.') }),
    after: (await users.doc(id).get()).data,
    many: (await users.where({ age: _.gt(0) }).update({ seen: true }, { multi: true })).updated,
    set: (await users.doc(id).set({ name: 'New' })).updated,
    replaced: (await users.doc(id).get()).data,
    removed: (await users.where({}).remove({ multi: true })).deleted,
  }
}`,
      ),
      unit(
        'driver',
        `import cloud from '@lathe/cloud'
import { ObjectId } from 'mongodb'
export default async () => {
  const { insertedId } = await cloud.mongo.db.collection('raw').insertOne({ a: 1 })
  return { same: insertedId instanceof ObjectId, found: await cloud.mongo.db.collection('raw').findOne({ _id: insertedId }, { projection: { _id: 0 } }), db: cloud.mongo.db.databaseName }
}`,
      ),
    ],
  })
})
afterAll(async () => {
  await runtime.stop()
  server.kill('SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

test('the chain API of database-ql', async () => {
  const answer = await runtime.ask('/chain')
  expect(answer.status, JSON.stringify(runtime.api.lines)).toBe(200)
  const { after, replaced, updated, ...rest } = answer.json
  expect(rest).toEqual({
    byText: 'Ada',
    between: ['Ada', 'Bob'],
    or: ['Bob', 'Cy'],
    or2: ['Bob', 'Cy'],
    nested: ['Ada'],
    regexp: ['Bob'],
    in: ['Ada'],
    page: ['Bob'],
    one: null,
    fields: ['name'],
    count: 1,
    many: 3,
    set: 1,
    removed: 3,
  })
  expect(updated).toMatchObject({ ok: true, matched: 1, updated: 1 })
  expect(after).toMatchObject({
    name: 'Ada L.',
    age: 37,
    tags: ['a', 'z'],
    address: { city: 'London', zip: '2' },
  })
  expect(replaced).toEqual({ _id: after._id, name: 'New' })
})

test('the driver itself, the same as `mongodb` that functions import', async () => {
  expect((await runtime.ask('/driver')).json).toEqual({ same: true, found: { a: 1 }, db: 'app' })
})
