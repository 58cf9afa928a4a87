import { type FiringView, triggerLimits } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FiringDoc, TriggerDoc } from '../src/mongo/documents.ts'
import { inPhase, publish, runningApp } from './support/apps.ts'
import { ApiError } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const JOB = `import cloud from '@lathe/cloud'
export default async (ctx) => {
  await cloud.mongo.db.collection('calls').insertOne({ trigger: ctx.trigger, method: ctx.method, body: ctx.body ?? null })
  if (ctx.body?.fail) throw new Error('as asked')
  return { trigger: ctx.trigger }
}`
/** Ticks that do not come by themselves while a test runs. */
const YEARLY = '0 0 1 1 *'
const HOUR_MS = 3_600_000

let stack: Stack
let mongo: MongoClient
beforeAll(async () => {
  stack = await startStack()
  mongo = await new MongoClient(stack.lathe.mongoUrl).connect()
})
afterAll(async () => {
  await mongo.close()
  await stack[Symbol.asyncDispose]()
})

const triggers = () => mongo.db('lathe').collection<TriggerDoc>('triggers')
const callsOf = (appid: string) => mongo.db(`app_${appid}`).collection('calls').find().toArray()

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${String(error)}`)
  return error
}

async function appWithJob() {
  const app = await runningApp(stack, 'Triggers')
  await publish(stack, app.appid, 'job', JOB)
  return app
}

function save(appid: string, more: Record<string, unknown> = {}) {
  return stack.api.call('triggers.save', { appid, functionName: 'job', cron: YEARLY, ...more })
}

/** Makes a tick due: the clock cannot be turned, what is due can. */
async function due(id: string, at: Date = new Date()): Promise<void> {
  await triggers().updateOne({ _id: id }, { $set: { nextAt: at } })
}

/** The history once it is as long as that, and nothing runs any more. */
function history(appid: string, id: string, length: number): Promise<FiringView[]> {
  return eventually(async () => {
    const found = await stack.api.call('triggers.history', { appid, id, limit: 100 })
    return found.length >= length && found.every(({ outcome }) => outcome !== 'running') && found
  }, `a history of ${length}`)
}

test('a trigger on a function that is not published is refused, and shown as what it is', async () => {
  const { appid } = await runningApp(stack)
  await stack.api.call('functions.create', { appid, name: 'job' })
  expect(await refusal(save(appid))).toMatchObject({ reason: 'NOT_PUBLISHED', details: { name: 'job' } })
  expect((await refusal(save(appid, { functionName: 'nothing' }))).reason).toBe('NOT_FOUND')
  const off = await save(appid, { enabled: false })
  expect(off).toMatchObject({ functionState: 'unpublished', nextRuns: [] })
  expect((await refusal(stack.api.call('triggers.run', { appid, id: off.id }))).reason).toBe('NOT_PUBLISHED')
  await publish(stack, appid, 'job', JOB)
  expect(await save(appid, { id: off.id })).toMatchObject({ functionState: 'ok', enabled: true })
})

test('shows the next three ticks in its time zone', async () => {
  const { appid } = await appWithJob()
  const { nextRuns } = await save(appid, { cron: '0 9 * * *', timeZone: 'Asia/Shanghai' })
  expect(nextRuns).toHaveLength(3)
  for (const run of nextRuns) expect(run).toMatch(/T01:00:00\.000Z$/)
  const preview = { appid, cron: '0 9 * * *', timeZone: 'Asia/Shanghai' }
  expect(await stack.api.call('triggers.preview', preview)).toEqual({ nextRuns })
  const refused = await refusal(stack.api.call('triggers.preview', { ...preview, cron: '99 * * * *' }))
  expect(refused).toMatchObject({ reason: 'INVALID_INPUT', details: { issues: [{ path: 'cron' }] } })
})

test('a tick calls the function once, through the gateway, and the history tells of it', async () => {
  const { appid } = await appWithJob()
  const { id } = await save(appid, { payload: '{"n": 1}' })
  await due(id)
  const [firing] = await history(appid, id, 1)
  expect(firing).toMatchObject({ outcome: 'ok', status: 200, cause: 'tick', ticks: 1, by: null })
  expect(firing?.durationMs).toBeGreaterThan(0)
  expect(await callsOf(appid)).toMatchObject([{ trigger: 'cron', method: 'POST', body: { n: 1 } }])
  const invocation = await eventually(async () => {
    const { items } = await stack.api.call('invocations.list', { appid })
    return items.find(({ requestId }) => requestId === firing?.requestId) ?? null
  })
  expect(invocation).toMatchObject({ trigger: 'cron', functionName: 'job', status: 200 })
  const [listed] = await stack.api.call('triggers.list', { appid })
  expect(listed).toMatchObject({ id, last: { id: firing?.id }, functionState: 'ok' })
  expect(Date.parse(listed?.nextRuns[0] ?? '')).toBeGreaterThan(Date.now())
})

test('nobody outside can pass for a trigger', async () => {
  const { appid, url } = await appWithJob()
  const { id } = await save(appid)
  await stack.api.call('triggers.run', { appid, id })
  await history(appid, id, 1)
  for (const headers of [
    {},
    { 'x-lathe-trigger': 'cron' },
    { trigger: 'cron', 'user-agent': 'Lathe-Trigger' },
  ]) {
    expect((await visit(`${url}/job`, { headers })).text).toBe('{"trigger":"http"}')
  }
  const forged = await visit(`${url}/job`, { headers: { 'x-lathe-run': 'f'.repeat(43) } })
  expect([forged.status, JSON.parse(forged.text).error.code]).toEqual([403, 'RUN_EXPIRED'])
})

test('run now answers at once, and is recorded with who asked', async () => {
  const { appid } = await appWithJob()
  const { id } = await save(appid, { enabled: false })
  const begun = await stack.api.call('triggers.run', { appid, id })
  expect(begun).toMatchObject({ outcome: 'running', cause: 'now', by: 'owner' })
  expect(await history(appid, id, 1)).toMatchObject([{ id: begun.id, outcome: 'ok', status: 200 }])
})

test('a function that throws is a failed firing', async () => {
  const { appid } = await appWithJob()
  const { id } = await save(appid, { payload: '{"fail": true}' })
  await due(id)
  expect(await history(appid, id, 1)).toMatchObject([{ outcome: 'failed', status: 500, reason: null }])
})

test('missed ticks are skipped, or made up for once, as the trigger says', async () => {
  const { appid } = await appWithJob()
  const cron = '30 * * * *'
  const skipping = await save(appid, { cron, missed: 'skip' })
  const making = await save(appid, { cron, missed: 'run-once' })
  const longAgo = new Date(Math.floor(Date.now() / HOUR_MS - 5) * HOUR_MS + HOUR_MS / 2)
  for (const { id } of [skipping, making]) await due(id, longAgo)
  const [skipped] = await history(appid, skipping.id, 1)
  expect(skipped).toMatchObject({ outcome: 'skipped', reason: 'MISSED' })
  expect(skipped?.ticks).toBeGreaterThanOrEqual(4)
  const [made] = await history(appid, making.id, 1)
  expect(made).toMatchObject({ outcome: 'ok', cause: 'late', ticks: skipped?.ticks })
  expect(await callsOf(appid)).toHaveLength(1)
})

test('a stopped app is not called; its ticks are one line that counts them', async () => {
  const { appid } = await appWithJob()
  const { id } = await save(appid)
  await stack.api.call('apps.stop', { appid })
  await inPhase(stack.api, appid, 'stopped')
  expect((await refusal(stack.api.call('triggers.run', { appid, id }))).reason).toBe('APP_NOT_RUNNING')
  for (let ticks = 1; ticks <= 3; ticks++) {
    await due(id)
    await eventually(async () => (await history(appid, id, 1))[0]?.ticks === ticks, `${ticks} ticks`)
  }
  expect(await history(appid, id, 1)).toMatchObject([{ outcome: 'skipped', reason: 'APP_STOPPED', ticks: 3 }])
  await stack.api.call('apps.start', { appid })
  await inPhase(stack.api, appid, 'running')
  await due(id)
  expect((await history(appid, id, 2))[0]).toMatchObject({ outcome: 'ok', status: 200 })
})

test('a trigger follows its function through a rename, and skips when it is deleted', async () => {
  const { appid } = await appWithJob()
  const { id } = await save(appid)
  await stack.api.call('functions.rename', { appid, name: 'job', newName: 'jobs/nightly' })
  expect((await stack.api.call('triggers.list', { appid }))[0]).toMatchObject({
    functionName: 'jobs/nightly',
  })
  await due(id)
  expect(await history(appid, id, 1)).toMatchObject([{ outcome: 'ok' }])

  await stack.api.call('functions.delete', { appid, name: 'jobs/nightly' })
  await publish(stack, appid, 'jobs/nightly', 'export default () => "another of this name"')
  expect((await stack.api.call('triggers.list', { appid }))[0]).toMatchObject({ functionState: 'deleted' })
  await due(id)
  expect((await history(appid, id, 2))[0]).toMatchObject({ outcome: 'skipped', reason: 'FUNCTION_DELETED' })
})

test('the history is bounded', async () => {
  const { appid } = await appWithJob()
  const { id } = await save(appid)
  const firings = mongo.db('lathe').collection<FiringDoc>('firings')
  await stack.api.call('triggers.run', { appid, id })
  const [first] = await history(appid, id, 1)
  const pattern = await firings.findOne({ _id: first!.id })
  const old = Array.from({ length: triggerLimits.history + 20 }, (_, i) => ({
    ...pattern!,
    _id: i.toString(16).padStart(24, '0'),
  }))
  await firings.insertMany(old)
  await stack.api.call('triggers.run', { appid, id })
  await eventually(
    async () => (await firings.find({ triggerId: id }).toArray()).length === triggerLimits.history,
  )
  expect((await history(appid, id, 1)).map((firing) => firing.id)).toContain(first!.id)
})

test('switching off and deleting end it; the app takes its triggers along', async () => {
  const { appid, name } = await appWithJob()
  const { id } = await save(appid)
  expect(await save(appid, { id, enabled: false })).toMatchObject({ enabled: false, nextRuns: [] })
  expect((await triggers().findOne({ _id: id }))?.nextAt).toBeNull()
  const other = await save(appid)
  await stack.api.call('triggers.run', { appid, id: other.id })
  await history(appid, other.id, 1)
  await stack.api.call('triggers.delete', { appid, id: other.id })
  expect((await refusal(stack.api.call('triggers.history', { appid, id: other.id }))).reason).toBe(
    'NOT_FOUND',
  )
  await stack.api.call('apps.delete', { appid, confirmName: name })
  expect(await triggers().findOne({ appid })).toBeNull()
  expect(await mongo.db('lathe').collection('firings').findOne({ appid })).toBeNull()
})
