import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { type AppView, type inputs, usualSettings } from '@lathe/shared'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { z } from 'zod'
import { inPhase, publish, runningApp, runtimePid } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const ORIGIN = 'https://shop.example'
const HELLO = 'export default (ctx) => ctx.method'
/** Answers when `release` is asked for. */
const HELD = `import cloud from '@lathe/cloud'
export default async function* () {
  yield 'begun '
  await new Promise((resolve) => cloud.shared.set('release', resolve))
  yield 'ended'
}`
const RELEASE = `import cloud from '@lathe/cloud'
export default () => cloud.shared.get('release')()`

let stack: Stack
let app: AppView
beforeAll(async () => {
  stack = await startStack()
  app = await runningApp(stack, 'settings')
  await publish(stack, app.appid, 'hello', HELLO)
  await publish(stack, app.appid, 'held', HELD)
  await publish(stack, app.appid, 'release', RELEASE)
})
afterAll(() => stack[Symbol.asyncDispose]())

const update = (changes: Omit<z.input<typeof inputs.appsUpdate>, 'appid'>) =>
  stack.api.call('apps.update', { appid: app.appid, ...changes })

function preflight(origin: string, more: Record<string, string> = {}) {
  const headers = { origin, 'access-control-request-method': 'PUT', ...more }
  return visit(`${app.url}/hello`, { method: 'OPTIONS', headers })
}

/** A request that has begun, and goes on until it is released. */
async function held(): Promise<IncomingMessage> {
  const { host, port } = new URL(app.url)
  const asked = request({ host: '127.0.0.1', port, path: '/held', headers: { host } }).end()
  const [answer] = await once(asked, 'response')
  return answer
}

test('an app has the usual settings until some are changed; what is not named stays', async () => {
  expect((await stack.api.call('apps.get', { appid: app.appid })).settings).toEqual(usualSettings)
  expect((await update({ requestsPerSecond: 1000 })).settings).toEqual({
    ...usualSettings,
    requestsPerSecond: 1000,
  })
  expect((await update({})).settings.requestsPerSecond).toBe(1000)
  await update({ requestsPerSecond: null })
  const bad = { cors: { origins: ['https://shop.example/path'] }, memoryMb: 1 } as never
  await expect(update(bad)).rejects.toMatchObject({ reason: 'INVALID_INPUT' })
})

test('CORS: the gateway answers preflights by the setting, without a restart', async () => {
  const pid = await runtimePid(stack, app.appid)
  expect((await preflight(ORIGIN)).headers['access-control-allow-origin']).toBeUndefined()
  await update({
    cors: {
      origins: [ORIGIN],
      methods: ['GET', 'PUT'],
      headers: ['x-mine'],
      credentials: true,
      maxAgeSeconds: 60,
    },
  })
  const allowed = await preflight(ORIGIN, { 'access-control-request-headers': 'x-mine' })
  expect(allowed.status).toBe(204)
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET, PUT',
    'access-control-allow-headers': 'x-mine',
    'access-control-max-age': '60',
  })
  expect((await preflight('https://other.example')).headers['access-control-allow-origin']).toBeUndefined()
  const answer = await visit(`${app.url}/hello`, { headers: { origin: ORIGIN } })
  expect(answer.headers).toMatchObject({ 'access-control-allow-origin': ORIGIN, vary: 'origin' })
  await update({ cors: { origins: ['*'] } })
  expect((await preflight('https://any.example')).headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT',
  })
  await update({ cors: null })
  expect((await preflight(ORIGIN)).headers['access-control-allow-origin']).toBeUndefined()
  expect(await runtimePid(stack, app.appid)).toBe(pid)
})

test('a rate beyond the limit is answered 429 with Retry-After', async () => {
  await update({ requestsPerSecond: 2 })
  const visits = await Promise.all(Array.from({ length: 20 }, () => visit(`${app.url}/hello`)))
  const refused = visits.filter(({ status }) => status === 429)
  expect(visits.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]!.headers['retry-after']).toBe('1')
  expect(JSON.parse(refused[0]!.text).error.code).toBe('TOO_MANY_REQUESTS')
  await update({ requestsPerSecond: null })
  expect((await visit(`${app.url}/hello`)).status).toBe(200)
})

test('more requests in flight than the app may have are answered 429', async () => {
  const first = await held()
  await update({ concurrency: 1 })
  const refused = await visit(`${app.url}/hello`)
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
  await update({ concurrency: null })
  await visit(`${app.url}/release`)
  expect(await text(first)).toBe('begun ended')
})

test('more requests in flight than a function may have are answered 429, and others of the app are not', async () => {
  const setting = { appid: app.appid, name: 'held' }
  expect(await stack.api.call('functions.update', { ...setting, concurrency: 1 })).toMatchObject({
    concurrency: 1,
  })
  const first = await held()
  const refused = await visit(`${app.url}/held`)
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1'])
  expect((await visit(`${app.url}/hello`)).status).toBe(200)
  await publish(stack, app.appid, 'held', `${HELD}\n`)
  expect((await visit(`${app.url}/held`)).status, 'a publish does not begin anew').toBe(429)
  await visit(`${app.url}/release`)
  expect(await text(first)).toBe('begun ended')
  const second = await eventually(async () => {
    const answer = await held()
    if (answer.statusCode !== 429) return answer
    answer.resume()
    return null
  })
  await visit(`${app.url}/release`)
  expect(await text(second)).toBe('begun ended')
})

test('another memory limit takes a fresh runtime, and no request fails; it outlives a restart of the api', async () => {
  const pid = await runtimePid(stack, app.appid)
  const first = await held()
  expect((await update({ memoryMb: 96 })).settings.memoryMb).toBe(96)
  expect((await visit(`${app.url}/hello`)).text).toBe('GET')
  first.destroy()
  await publish(
    stack,
    app.appid,
    'heap',
    `import { getHeapStatistics } from 'node:v8'
export default () => Math.round(getHeapStatistics().heap_size_limit / 1024 / 1024)`,
  )
  expect(Number((await visit(`${app.url}/heap`)).text)).toBeLessThan(200)
  expect(await eventually(() => runtimePid(stack, app.appid))).not.toBe(pid)
  await update({ cors: { origins: [ORIGIN], maxAgeSeconds: 5 } })
  process.kill(stack.lathe.pids().api!, 'SIGKILL')
  await eventually(async () => (await preflight(ORIGIN)).headers['access-control-max-age'] === '5')
  await eventually(() => stack.api.call('apps.stop', { appid: app.appid }), 'the next api')
  await inPhase(stack.api, app.appid, 'stopped')
  expect((await preflight(ORIGIN)).headers['access-control-allow-origin']).toBe(ORIGIN)
})
