import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { limits, type RunEvent } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inPhase, publish, runningApp, runtimePid } from './support/apps.ts'
import { Debugging } from './support/debugging.ts'
import { eventually } from './support/eventually.ts'
import { peopleOf } from './support/people.ts'
import { refused } from './support/refused.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const DRAFT = `import { tax } from './lib/tax'

type Order = { price: number }

export default async function handle() {
  console.log('begun')
  const order: Order = { price: 100 }
  const total = tax(order.price)
  return { total }
}
`
let stack: Stack
let appid: string
let url: string
let production: number
beforeAll(async () => {
  stack = await startStack()
  ;({ appid, url } = await runningApp(stack))
  await publish(stack, appid, 'shop', 'export default () => "live"')
  await publish(stack, appid, 'lib/tax', 'export const tax = (price: number) => price')
  await stack.api.call('functions.saveDraft', {
    appid,
    name: 'lib/tax',
    source: 'export function tax(price: number) {\n  const rate: number = 2\n  return price * rate\n}\n',
    baseRevision: 1,
  })
  production = await runtimePid(stack, appid)
})
afterAll(() => stack[Symbol.asyncDispose]())

const sidePids = () => stack.lathe.pids().runtimes.filter((pid) => pid !== production)
const refusal = async (call: Promise<unknown>) => (await refused(call)).reason
const noSides = () => eventually(async () => sidePids().length === 0, 'the end of the debug runtimes')
const responseOf = (events: RunEvent[]) => events.find((event) => event.type === 'response')?.response

test('a draft stops at a breakpoint, is looked into and stepped through, and answers; visitors notice nothing', async () => {
  const debugging = await Debugging.open(stack.api, appid)
  await debugging.breakAt(['shop', 8], ['lib/tax', 3])
  const running = debugging.run('shop', DRAFT)
  const pause = await debugging.paused()
  expect(pause).toMatchObject({
    reason: 'breakpoint',
    frames: [{ name: 'handle', place: { functionName: 'shop', line: 8 } }],
  })
  expect((await visit(`${url}/shop`)).text).toBe('live')
  const { callFrameId, scopes } = pause.frames[0]!
  const local = scopes.find(({ type }) => type === 'local')!
  const { properties } = await debugging.send('Runtime.getProperties', { objectId: local.objectId })
  expect(properties).toContainEqual(
    expect.objectContaining({ name: 'order', value: expect.objectContaining({ text: '{price: 100}' }) }),
  )
  await debugging.send('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'order.price = 7' })
  await debugging.send('Debugger.resume', {})
  // The other draft, not what is live.
  expect((await debugging.paused()).frames.map(({ place }) => `${place.functionName}:${place.line}`)).toEqual(
    ['lib/tax:3', 'shop:8'],
  )
  await debugging.send('Debugger.stepOut', {})
  expect((await debugging.paused()).frames[0]?.place).toMatchObject({ functionName: 'shop', line: 9 })
  await debugging.send('Debugger.resume', {})
  const events = await running
  expect(JSON.parse(responseOf(events)?.body ?? '')).toEqual({ total: 14 })
  expect(events[0]).toMatchObject({
    type: 'log',
    line: { text: 'begun', functionName: 'shop', source: { line: 6 } },
  })
  // Once more, with other code under the same breakpoints.
  const again = debugging.run('shop', DRAFT.replace("'begun'", "'again'"))
  await debugging.paused()
  await debugging.breakAt()
  await debugging.send('Debugger.resume', {})
  expect(responseOf(await again)?.status).toBe(200)
  await debugging.leave()
  await noSides()
})

test('two sessions at once stand in processes of their own', async () => {
  await using people = await peopleOf(stack)
  const one = await Debugging.open(stack.api, appid)
  const two = await Debugging.open(stack.api, appid)
  expect(sidePids()).toHaveLength(2)
  await one.breakAt(['shop', 8])
  const first = one.run('shop', DRAFT)
  await one.paused()
  expect(responseOf(await two.run('shop', DRAFT))?.status).toBe(200)
  // Nobody else can speak to a session, not even one who may debug this app himself.
  const stranger = await people.account('developer')
  await people.join((await stack.api.call('apps.get', { appid })).teamId, 'developer', 'developer')
  const command = { method: 'Debugger.resume', params: {} } as const
  expect(await refusal(stranger.call('debug.send', { appid, sessionId: one.sessionId, command }))).toBe(
    'NOT_FOUND',
  )
  await one.send('Debugger.resume', {})
  expect(responseOf(await first)?.status).toBe(200)
  await Promise.all([one.leave(), two.leave()])
  await noSides()
})

describe('a session ends clean', () => {
  test('when the browser goes while it is paused', async () => {
    const debugging = await Debugging.open(stack.api, appid)
    const [pid] = sidePids()
    await debugging.breakAt(['shop', 8])
    const running = debugging.run('shop', DRAFT)
    await debugging.paused()
    await debugging.leave()
    expect((await running).at(-1)).toMatchObject({
      type: 'error',
      message: expect.stringContaining('debug session ended'),
    })
    await noSides()
    expect(() => process.kill(pid!, 0)).toThrow()
    await eventually(() =>
      access(join(stack.data, 'scratch', '*')).then(
        () => false,
        () => true,
      ),
    )
    expect(await refusal(debugging.send('Debugger.resume', {}))).toBe('NOT_FOUND')
  })

  test('when the api is killed while it is paused: production goes on, and the next session works', async () => {
    const debugging = await Debugging.open(stack.api, appid)
    await debugging.breakAt(['shop', 8])
    const running = debugging.run('shop', DRAFT).catch(() => [])
    await debugging.paused()
    const { api } = stack.lathe.pids()
    process.kill(api!, 'SIGKILL')
    await running
    await debugging.over.catch(() => {})
    await noSides()
    await eventually(async () => (await stack.api.call('apps.get', { appid })).replicas.live === 1)
    expect(await runtimePid(stack, appid)).toBe(production)
    const next = await Debugging.open(stack.api, appid)
    expect(responseOf(await next.run('shop', DRAFT))?.status).toBe(200)
    await next.leave()
    await noSides()
  })

  test('when its process dies, and says so', async () => {
    const debugging = await Debugging.open(stack.api, appid)
    process.kill(sidePids()[0]!, 'SIGKILL')
    expect(await debugging.next('ended')).toMatchObject({ reason: 'process' })
    await debugging.over
  })

  test('when the app is stopped', async () => {
    const app = await runningApp(stack, 'stopping')
    const debugging = await Debugging.open(stack.api, app.appid)
    await stack.api.call('apps.stop', { appid: app.appid })
    await debugging.next('ended')
    await inPhase(stack.api, app.appid, 'stopped')
    await debugging.over
  })
})

test('what is not allowed is refused at the door', async () => {
  const debugging = await Debugging.open(stack.api, appid)
  const { sessionId } = debugging
  const send = async (command: object) =>
    expect(await refusal(stack.api.call('debug.send', { appid, sessionId, command: command as never }))).toBe(
      'INVALID_INPUT',
    )
  await send({ method: 'Runtime.evaluate', params: { expression: '1' } })
  await send({ method: 'Debugger.enable', params: {} })
  await send({ method: 'Debugger.resume', params: { terminateOnResume: true } })
  await send({
    method: 'Debugger.evaluateOnCallFrame',
    params: { callFrameId: '1', expression: '1', includeCommandLineAPI: true },
  })
  // Of no pause, and of another program.
  await send({ method: 'Debugger.evaluateOnCallFrame', params: { callFrameId: '1.0.0', expression: '1' } })
  await send({ method: 'Runtime.getProperties', params: { objectId: '1.1.1' } })
  await debugging.leave()
  await noSides()
})

test('an app has so many sessions and no more', async () => {
  const sessions = await Promise.all(
    Array.from({ length: limits.sideRuntimesPerApp }, () => Debugging.open(stack.api, appid)),
  )
  expect(await refusal(Debugging.open(stack.api, appid))).toBe('LIMIT_REACHED')
  await Promise.all(sessions.map((one) => one.leave()))
  await noSides()
})

test('lines that ran and lines that took time are told', async () => {
  const source = `export default () => {
  const until = performance.now() + 300
  let n = 0
  while (performance.now() < until) {
    n++
  }
  if (n < 0) {
    return 'never'
  }
  return n > 0
}
`
  const debugging = await Debugging.open(stack.api, appid)
  await debugging.send('Profiler.startPreciseCoverage', {})
  await debugging.send('Profiler.start', {})
  expect(responseOf(await debugging.run('shop', source))?.body).toBe('true')
  const covered = (await debugging.send('Profiler.takePreciseCoverage', {})).functions.find(
    ({ functionName }) => functionName === 'shop',
  )!
  const counts = new Map(covered.lines.map(([line, count]) => [line, count]))
  expect([counts.get(2), counts.get(8), counts.get(10)]).toEqual([1, 0, 1])
  expect(counts.get(5)).toBeGreaterThan(100)
  const profile = await debugging.send('Profiler.stop', {})
  const hot = profile.functions.find(({ functionName }) => functionName === 'shop')!.lines
  expect(hot.reduce((most, one) => (one[1] > most[1] ? one : most))[0]).toSatisfy(
    (line: number) => line === 4 || line === 5,
  )
  await debugging.leave()
  await noSides()
})

test('a session that nobody uses ends by its limit, and says so', async () => {
  await using forgetful = await startStack({ LATHE_DEBUG_IDLE: '5s' })
  const app = await runningApp(forgetful)
  await publish(forgetful, app.appid, 'shop', 'export default () => "live"')
  const debugging = await Debugging.open(forgetful.api, app.appid)
  await debugging.breakAt(['shop', 8])
  const running = debugging.run(
    'shop',
    DRAFT.replace("import { tax } from './lib/tax'", 'const tax = (n: number) => n'),
  )
  await debugging.paused()
  expect(await debugging.next('ended')).toMatchObject({
    reason: 'idle',
    message: expect.stringContaining('nobody had used it'),
  })
  await debugging.over
  expect((await running).at(-1)).toMatchObject({ type: 'error' })
  await eventually(async () => forgetful.lathe.pids().runtimes.length === 1)
})
