import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { AppView } from '@lathe/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { inPhase, publish, runningApp, runtimePids } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ LATHE_IDLE_STOP: '1s' })
})
afterAll(() => stack[Symbol.asyncDispose]())

/** Answers the same as long as the process is the same. */
const BORN = 'const born = String(Math.random())\nexport default () => born'
const STREAM = `import cloud from '@lathe/cloud'
export default async function* () {
  yield 'begun '
  await new Promise((resolve) => cloud.shared.set('end', resolve))
  yield 'ended'
}`
const END = `import cloud from '@lathe/cloud'
export default () => cloud.shared.get('end')()`
const SLOW = `export default async function* () {
  yield 'begun '
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  yield 'ended'
}`

/** An app with a published function, whose runtime has gone. */
async function sleepingApp(name: string): Promise<AppView> {
  const app = await runningApp(stack, name)
  await publish(stack, app.appid, 'born', BORN)
  return asleep(app.appid)
}

async function asleep(appid: string): Promise<AppView> {
  await inPhase(stack.api, appid, 'sleeping')
  await eventually(async () => runtimePids(stack, appid).length === 0, 'the end of the runtime')
  return stack.api.call('apps.get', { appid })
}

describe.concurrent('beside each other', () => {
  test('an idle app has no process; requests that come together start one, and all are answered by it', async () => {
    const app = await sleepingApp('woken')
    expect(app).toMatchObject({ state: 'running', phase: 'sleeping', replicas: { live: 0, total: 0 } })
    const visits = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        visit(`${app.url}/born`, i % 2 ? { method: 'POST', body: `${i}` } : {}),
      ),
    )
    expect(visits.map(({ status }) => status)).toEqual(visits.map(() => 200))
    expect(new Set(visits.map((one) => one.text)).size).toBe(1)
    expect(runtimePids(stack, app.appid)).toHaveLength(1)
    await inPhase(stack.api, app.appid, 'running')
  })

  test('a run, a publish and a trigger wake it', async () => {
    const { appid } = await sleepingApp('worked on')
    const events: unknown[] = []
    for await (const event of stack.api.subscribe('runs.execute', { appid, name: 'born' })) events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'response', response: { status: 200 } })

    await asleep(appid)
    const broken = "import { gone } from './born'\nexport default () => gone"
    await expect(publish(stack, appid, 'importer', broken)).rejects.toMatchObject({ reason: 'LOAD_ERROR' })

    await asleep(appid)
    const trigger = await stack.api.call('triggers.save', { appid, functionName: 'born', cron: '0 0 1 1 *' })
    await stack.api.call('triggers.run', { appid, id: trigger.id })
    await eventually(async () => {
      const [firing] = await stack.api.call('triggers.history', { appid, id: trigger.id })
      return firing?.outcome === 'ok'
    }, 'the firing')
  })

  test('a stream and a WebSocket keep it awake', async () => {
    const [streaming, connected] = await Promise.all([
      runningApp(stack, 'streaming'),
      runningApp(stack, 'connected'),
    ])
    for (const { appid } of [streaming, connected]) await publish(stack, appid, 'born', BORN)
    await publish(stack, connected.appid, '__websocket__', 'export default () => {}')
    await publish(stack, streaming.appid, 'stream', STREAM)
    await publish(stack, streaming.appid, 'end', END)
    const born = await Promise.all([streaming, connected].map(({ url }) => visit(`${url}/born`)))
    const { host, port } = new URL(connected.url)
    const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { headers: { host } })
    await once(socket, 'open')
    const stream = visit(`${streaming.url}/stream`)
    // One that nobody visits falls asleep meanwhile: time enough has passed.
    const other = await runningApp(stack, 'other')
    await asleep(other.appid)
    await visit(`${other.url}/wake`)
    await asleep(other.appid)
    const again = await Promise.all([streaming, connected].map(({ url }) => visit(`${url}/born`)))
    expect(again.map((one) => one.text)).toEqual(born.map((one) => one.text))
    await visit(`${streaming.url}/end`)
    expect((await stream).text).toBe('begun ended')
    expect(socket.readyState).toBe(socket.OPEN)
    socket.close()
    await Promise.all([streaming, connected].map(({ appid }) => asleep(appid)))
  })

  test('a stopped app is not woken by requests, and start wakes one that sleeps', async () => {
    const { appid, url } = await sleepingApp('stopped')
    await stack.api.call('apps.stop', { appid })
    await inPhase(stack.api, appid, 'stopped')
    expect((await visit(`${url}/born`)).status).toBe(503)
    expect(await stack.api.call('apps.get', { appid })).toMatchObject({ state: 'stopped', phase: 'stopped' })
    await stack.api.call('apps.start', { appid })
    await inPhase(stack.api, appid, 'running')
    await asleep(appid)
    await stack.api.call('apps.start', { appid })
    await inPhase(stack.api, appid, 'running')
  })

  test('a request that is under way when its app is stopped is answered', async () => {
    const { appid, url } = await runningApp(stack, 'under way')
    await publish(stack, appid, 'slow', SLOW)
    const { host, port } = new URL(url)
    const asked = request({ host: '127.0.0.1', port, path: '/slow', headers: { host } }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    await stack.api.call('apps.stop', { appid })
    expect(await text(answer)).toBe('begun ended')
  })
})

test('it sleeps on while the api is killed or all is started again, and is woken after', async () => {
  const { appid, url } = await sleepingApp('sleeper')
  const { api } = stack.lathe.pids()
  process.kill(api!, 'SIGKILL')
  // Held by the gateway, which asks the next api.
  expect((await visit(`${url}/born`)).status).toBe(200)
  await asleep(appid)
  const { data, lathe } = stack
  await lathe[Symbol.asyncDispose]()
  stack = await startStack({ LATHE_DATA: data, LATHE_IDLE_STOP: '1s' })
  expect(await stack.api.call('apps.get', { appid })).toMatchObject({ phase: 'sleeping' })
  expect((await visit(`http://${appid}.localhost:${stack.lathe.port}/born`)).status).toBe(200)
})
