import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient, MongoServerError } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appDatabaseUrl } from '../src/mongo/app-database.ts'
import { createIndexes } from '../src/mongo/indexes.ts'
import { connectMongo } from '../src/mongo/mongo.ts'
import { databaseSecret } from '../src/reconciler/parts.ts'
import { SecretBox } from '../src/secret-box.ts'
import { runningApp } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

/** The connection string that an app's runtime is given. */
async function urlOf(appid: string): Promise<string> {
  await using platform = await connectMongo(stack.lathe.mongoUrl, 'lathe')
  const app = await platform.apps.findOne({ _id: appid })
  expect(app!.databasePassword).not.toMatch(/mongodb/)
  const key = (await readFile(join(stack.data, 'secret.key'), 'utf8')).trim()
  const password = new SecretBox(key).open(app!.databasePassword, databaseSecret(appid))
  return appDatabaseUrl(stack.lathe.mongoUrl, appid, password)
}

test('an app’s database user reads and writes its own database, and reaches no other', async () => {
  const [mine, other] = await Promise.all([runningApp(stack, 'mine'), runningApp(stack, 'other')])
  const client = await new MongoClient(await urlOf(mine.appid)).connect()
  try {
    const own = client.db(`app_${mine.appid}`)
    await own.collection('things').insertOne({ a: 1 })
    await own.collection('things').createIndex({ a: 1 })
    expect(await own.collection('things').findOne({ a: 1 })).toMatchObject({ a: 1 })
    for (const name of ['lathe', `app_${other.appid}`, 'admin']) {
      const foreign = client.db(name)
      const attempts = [
        foreign.collection('apps').findOne({}),
        foreign.collection('apps').insertOne({ b: 1 }),
        foreign.dropDatabase(),
        foreign.command({ createUser: 'evil', pwd: 'evil', roles: ['readWrite'] }),
      ]
      for (const attempt of await Promise.allSettled(attempts)) {
        expect(attempt.status).toBe('rejected')
        const { reason } = attempt as PromiseRejectedResult
        expect(reason).toBeInstanceOf(MongoServerError)
        expect(reason.code).toBe(13) // Unauthorized
      }
    }
  } finally {
    await client.close()
  }
})

test('an app whose making was cut short by a kill of the api is made whole by the next', async () => {
  const { appid } = await runningApp(stack, 'half made')
  const url = await urlOf(appid)
  await using platform = await connectMongo(stack.lathe.mongoUrl, 'lathe')
  await platform.client.db(`app_${appid}`).command({ dropUser: `app_${appid}` })
  await platform.apps.updateOne({ _id: appid }, { $set: { phase: 'creating' } })
  process.kill(stack.lathe.pids().api!, 'SIGKILL')
  await eventually(async () => (await stack.api.call('apps.get', { appid })).phase === 'running')
  const client = await new MongoClient(url).connect()
  await client.db(`app_${appid}`).collection('things').insertOne({ a: 1 })
  await client.close()
})

describe('the platform’s queries', () => {
  test('each use an index', async () => {
    await using platform = await connectMongo(stack.lathe.mongoUrl, 'lathe')
    await createIndexes(platform) // again: changes nothing
    const { apps, functions, revisions, runtimes, logs, members, organizations, apiKeys, users, db } =
      platform
    const { runs, variableSets } = platform
    const queries = [
      apps.find({ teamId: { $in: ['t'] } }),
      apps.find({ _id: 'a' }),
      functions.find({ appid: 'a', slot: 'n' }),
      functions.find({ appid: 'a', slot: { $lt: '~' } }).sort({ slot: 1 }),
      functions.find({ appid: 'a', slot: { $gte: '~' } }),
      functions.find({ appid: 'a', slot: { $in: ['x', 'y'] } }),
      revisions.find({ functionId: 'f', revision: { $lt: 9 } }).sort({ revision: -1 }),
      revisions.find({ appid: 'a' }),
      runtimes.find({ tokenHash: 'h' }),
      runtimes.find({ appid: 'a' }),
      logs.find({ appid: 'a', _id: { $gt: 'x' } }).sort({ _id: 1 }),
      runs.find({ appid: 'a', userId: 'u' }).sort({ _id: -1 }),
      runs.find({ appid: 'a', userId: 'u', functionName: 'f', _id: { $lt: 'x' } }).sort({ _id: -1 }),
      variableSets.find({ appid: 'a' }).sort({ name: 1 }),
      members.find({ userId: 'u' }),
      members.find({ userId: 'u', organizationId: 't' }),
      organizations.find({ slug: 's' }),
      apiKeys.find({ key: 'k' }),
      apiKeys.find({ referenceId: 'u' }),
      users.find({ _id: 'u' }),
      db.collection('user').find({ email: 'e' }),
      db.collection('session').find({ token: 't' }),
      db.collection('session').find({ userId: 'u' }),
      db.collection('account').find({ userId: 'u' }),
      db.collection('account').find({ accountId: 'a', providerId: 'p' }),
      db.collection('verification').find({ identifier: 'i' }),
      db.collection('member').find({ organizationId: 'o' }),
      db.collection('invitation').find({ tokenHash: 'h' }),
      db.collection('invitation').find({ organizationId: 'o', email: 'e' }),
    ]
    const scans: unknown[] = []
    for (const query of queries) {
      const { winningPlan } = (await query.explain('queryPlanner')).queryPlanner
      const plan = JSON.stringify(winningPlan)
      // An index both finds and sorts.
      if (!/IXSCAN|IDHACK|EXPRESS/.test(plan) || /COLLSCAN|"SORT"/.test(plan)) {
        scans.push([query.namespace.collection, winningPlan])
      }
    }
    expect(scans).toEqual([])
  })
})
