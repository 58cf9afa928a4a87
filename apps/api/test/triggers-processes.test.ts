import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MongoClient, ObjectId } from 'mongodb'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FiringDoc, TriggerDoc } from '../src/mongo/documents.ts'
import { Firings } from '../src/triggers/firings.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'

const PROCESS = fileURLToPath(new URL('./fixtures/scheduler.ts', import.meta.url))
const DATABASE = 'schedulers'

let stack: Stack
let client: MongoClient
const children: ChildProcess[] = []

beforeAll(async () => {
  stack = await startStack()
  client = await new MongoClient(stack.lathe.mongoUrl).connect()
})
afterEach(async () => {
  await Promise.all(children.splice(0).map(end))
  await client.db(DATABASE).dropDatabase()
})
afterAll(async () => {
  await client.close()
  await stack[Symbol.asyncDispose]()
})

const triggers = () => client.db(DATABASE).collection<TriggerDoc>('triggers')
const firings = () => client.db(DATABASE).collection<FiringDoc>('firings')
const calls = () => client.db(DATABASE).collection<{ triggerId: string; by: string }>('calls')

async function start(name: string): Promise<ChildProcess> {
  const child = fork(PROCESS, [stack.lathe.mongoUrl, DATABASE, name], { stdio: 'inherit' })
  children.push(child)
  await once(child, 'message')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.disconnect()
  await exit
}

function trigger(more: Partial<TriggerDoc> = {}): TriggerDoc {
  const now = new Date()
  return {
    _id: new ObjectId().toHexString(),
    appid: 'abcdef',
    functionId: 'f',
    functionName: 'job',
    cron: '0 0 1 1 *',
    timeZone: 'UTC',
    enabled: true,
    missed: 'skip',
    description: '',
    payload: '',
    nextAt: now,
    current: null,
    createdAt: now,
    createdBy: 'test',
    updatedAt: now,
    updatedBy: 'test',
    ...more,
  }
}

test('with four processes every tick is called exactly once, and none is left out', async () => {
  const due = new Date(Date.now() + 3_000)
  const all = Array.from({ length: 60 }, () => trigger({ nextAt: due }))
  await triggers().insertMany(all)
  await Promise.all(['a', 'b', 'c', 'd'].map(start))
  await eventually(async () => (await firings().find({ outcome: 'ok' }).toArray()).length >= all.length)
  const again = new Date()
  await triggers().updateMany({}, { $set: { nextAt: again } })
  await eventually(async () => (await firings().find({ outcome: 'ok' }).toArray()).length >= 2 * all.length)
  const made = await calls().find().toArray()
  const counts = new Map<string, number>()
  for (const { triggerId } of made) counts.set(triggerId, (counts.get(triggerId) ?? 0) + 1)
  expect([...counts.values()]).toEqual(all.map(() => 2))
  expect(new Set(made.map(({ by }) => by)).size, 'more than one process had its share').toBeGreaterThan(1)
})

test('a real tick of the clock is called once by one of two processes', async () => {
  const { _id } = trigger()
  const first = new Date(Math.ceil(Date.now() / 10_000) * 10_000)
  await triggers().insertOne(trigger({ _id, cron: '*/10 * * * * *', nextAt: first }))
  await Promise.all(['a', 'b'].map(start))
  await eventually(async () => (await firings().find({ outcome: 'ok' }).toArray()).length >= 2)
  const made = await firings().find({ triggerId: _id }).sort({ _id: 1 }).toArray()
  const ticks = made.map(({ dueAt }) => dueAt.getTime())
  expect(ticks).toEqual(ticks.map((_, i) => first.getTime() + i * 10_000))
  for (const { startedAt, dueAt } of made) expect(startedAt >= dueAt).toBe(true)
  expect(await calls().find().toArray()).toHaveLength(made.length)
})

test('a process that is killed while it calls leaves an interrupted firing, and is not called again', async () => {
  const [killed, other] = [await start('killed'), await start('other')]
  const { _id } = trigger()
  const calling = Promise.race([once(killed, 'message'), once(other, 'message')])
  await triggers().insertOne(trigger({ _id, payload: 'hang' }))
  await calling
  const [call] = await calls().find().toArray()
  const exit = once(call?.by === 'killed' ? killed : other, 'exit')
  ;(call?.by === 'killed' ? killed : other).kill('SIGKILL')
  await exit
  // Its lease ends: what a living process would have prolonged.
  await firings().updateMany({ triggerId: _id }, { $set: { leaseUntil: new Date(0) } })
  await eventually(async () => (await firings().findOne({ triggerId: _id }))?.outcome === 'interrupted')
  expect(await calls().find().toArray()).toHaveLength(1)

  await triggers().updateOne({ _id }, { $set: { nextAt: new Date(), payload: '' } })
  await eventually(async () => (await firings().findOne({ triggerId: _id, outcome: 'ok' })) !== null)
})

test('a process that ended between the claim and its record shows as interrupted', async () => {
  const firingId = Firings.id()
  const { _id } = trigger()
  await triggers().insertOne(
    trigger({ _id, current: { firingId, claimedAt: new Date(Date.now() - 60_000) } }),
  )
  await start('a')
  await eventually(
    async () => (await firings().find({ triggerId: _id, outcome: 'ok' }).toArray()).length === 1,
  )
  expect(await firings().findOne({ _id: firingId })).toMatchObject({ outcome: 'interrupted' })
})

test('a tick that comes while the last one still runs is skipped, and the history says so', async () => {
  const child = await start('a')
  const { _id } = trigger()
  const calling = once(child, 'message')
  await triggers().insertOne(trigger({ _id, payload: 'hang' }))
  await calling
  await triggers().updateOne({ _id }, { $set: { nextAt: new Date() } })
  await eventually(
    async () => (await firings().findOne({ triggerId: _id, reason: 'STILL_RUNNING' })) !== null,
  )
  expect(await calls().find().toArray()).toHaveLength(1)
  await end(child)
  const [first] = await firings().find({ triggerId: _id }).sort({ _id: 1 }).toArray()
  expect(first, 'a process that stops in order says what became of its calls').toMatchObject({
    outcome: 'interrupted',
    leaseUntil: null,
  })
})

test('one app with many calls under way, and one trigger that is broken, do not keep others waiting', async () => {
  const hanging = Array.from({ length: 30 }, () => trigger({ payload: 'hang' }))
  const broken = trigger({ timeZone: 'Gone/Away', nextAt: new Date(0) })
  const other = trigger({ appid: 'bcdefg' })
  await triggers().insertMany([broken, ...hanging, other])
  await start('a')
  await eventually(async () => (await firings().findOne({ triggerId: other._id }))?.outcome === 'ok')
  expect(await firings().findOne({ triggerId: broken._id })).toBeNull()
})
