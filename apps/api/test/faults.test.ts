import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers, inPhase, publish, runningApp, runtimePid } from './support/apps.ts'
import { ApiError } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack[Symbol.asyncDispose]())

const answering = (text: string) => `export default () => ${JSON.stringify(text)}`

/**
 * Publishes one revision after the other until it is told to stop, as a person would who tries again: what is not
 * acknowledged may or may not have happened, what is acknowledged must have.
 */
function publisher(appid: string, name: string) {
  let stopped = false
  let acknowledged = 0
  const unexpected: unknown[] = []
  const done = (async () => {
    while (!stopped) {
      try {
        const { liveRevision } = await stack.api.call('functions.get', { appid, name })
        const { revision } = await stack.api.call('functions.publish', {
          appid,
          name,
          source: answering(`${name} ${liveRevision + 1}`),
          baseRevision: liveRevision,
        })
        acknowledged = revision
      } catch (error) {
        // What a caller may see while something is away; everything else is a fault.
        const known =
          error instanceof ApiError && ['INTERNAL', 'RUNTIME_UNAVAILABLE', 'CONFLICT'].includes(error.reason)
        const away =
          error instanceof TypeError ||
          error instanceof SyntaxError ||
          (error instanceof ApiError && !error.reason)
        if (!known && !away) unexpected.push(error)
        await delay(10)
      }
    }
  })()
  return {
    get acknowledged() {
      return acknowledged
    },
    async stop() {
      stopped = true
      await done
      expect(unexpected).toEqual([])
      return acknowledged
    },
  }
}

async function publishingWhile(fault: (appid: string) => Promise<void>): Promise<void> {
  const { appid, url } = await runningApp(stack)
  const names = ['a', 'b']
  for (const name of names) await publish(stack, appid, name, answering(`${name} 1`))
  const publishers = names.map((name) => publisher(appid, name))
  const progressed = (by: number) => {
    const before = publishers.map(({ acknowledged }) => acknowledged)
    return eventually(async () => publishers.every((one, index) => one.acknowledged >= before[index]! + by))
  }
  await progressed(2)
  await fault(appid)
  await progressed(2)
  const acknowledged = await Promise.all(publishers.map((one) => one.stop()))
  for (const [index, name] of names.entries()) {
    const found = await stack.api.call('functions.get', { appid, name })
    expect(found.liveRevision).toBeGreaterThanOrEqual(acknowledged[index]!)
    expect(found.live?.source).toBe(answering(`${name} ${found.liveRevision}`))
    await answers(`${url}/${name}`, `${name} ${found.liveRevision}`)
    const revisions = []
    for (let before: number | undefined; ; before = revisions.at(-1)!.revision) {
      const page = await stack.api.call('revisions.list', {
        appid,
        name,
        limit: 100,
        ...(before ? { before } : {}),
      })
      if (page.length === 0) break
      revisions.push(...page)
    }
    // No number is missing: every acknowledged revision can be read and gone back to.
    expect(revisions.map(({ revision }) => revision)).toEqual(
      Array.from({ length: found.liveRevision }, (_, i) => found.liveRevision - i),
    )
  }
}

describe('kill -9 while publishing: what was acknowledged is there, and functions answer again', () => {
  test('of the runtime', () =>
    publishingWhile(async (appid) => {
      process.kill(await runtimePid(stack, appid), 'SIGKILL')
    }))

  test('of the api', () =>
    publishingWhile(async () => {
      process.kill(stack.lathe.pids().api!, 'SIGKILL')
    }))

  test('of the gateway', () =>
    publishingWhile(async () => {
      process.kill(stack.lathe.pids().gateway!, 'SIGKILL')
    }))

  test.skipIf(process.env.MONGODB_URL !== undefined)('of the database', () =>
    publishingWhile(async () => {
      process.kill(stack.lathe.pids().database!, 'SIGKILL')
    }),
  )
})

test('an api that is killed takes its runtimes over again: none is restarted, no visitor notices', async () => {
  const { appid, url } = await runningApp(stack)
  await publish(stack, appid, 'born', 'const born = Math.random()\nexport default () => String(born)')
  const born = (await visit(`${url}/born`)).text
  const before = await runtimePid(stack, appid)
  const seen: string[] = []
  let killing = true
  const visitor = (async () => {
    while (killing) seen.push((await visit(`${url}/born`)).text)
  })()
  const { api } = stack.lathe.pids()
  process.kill(api!, 'SIGKILL')
  await eventually(async () => stack.lathe.pids().api !== api && stack.lathe.pids().api !== null)
  await eventually(
    async () => (await stack.api.call('apps.get', { appid })).replicas.live === 1,
    'the runtime’s return',
  )
  killing = false
  await visitor
  expect(new Set(seen)).toEqual(new Set([born]))
  expect(await runtimePid(stack, appid)).toBe(before)
  // And it is told of what comes.
  await publish(stack, appid, 'born', answering('again'))
  expect((await visit(`${url}/born`)).text).toBe('again')
})

test('native code that cannot be stopped costs its own request, 504, and the process; GETs under way are asked again', async () => {
  const { appid, url } = await runningApp(stack)
  const timeoutMs = 1_000
  await publish(
    stack,
    appid,
    'native',
    `import { pbkdf2Sync } from 'node:crypto'
    export default () => pbkdf2Sync('a', 'b', 2 ** 31 - 1, 64, 'sha512').length`,
  )
  await stack.api.call('functions.update', { appid, name: 'native', timeoutMs })
  await publish(
    stack,
    appid,
    'patient',
    `export default () => new Promise((resolve) => setTimeout(resolve, 2_000, 'patience'))`,
  )
  const before = await runtimePid(stack, appid)
  for (const method of ['GET', 'POST']) {
    const others = Array.from({ length: 5 }, () => visit(`${url}/patient`))
    const guilty = await visit(`${url}/native`, { method })
    expect([guilty.status, JSON.parse(guilty.text).error]).toEqual([
      504,
      expect.objectContaining({
        code: 'FUNCTION_TIMEOUT',
        message: expect.stringMatching(/^native timed out/),
      }),
    ])
    expect((await Promise.all(others)).map(({ text }) => text)).toEqual(Array(5).fill('patience'))
  }
  expect(await runtimePid(stack, appid)).not.toBe(before)
  const { lines } = await stack.api.call('logs.query', { appid, text: 'did not come back', limit: 10 })
  expect(lines.map(({ functionName }) => functionName)).toEqual(['native', 'native'])
})

test('a stopped app stays stopped, and a running one runs, after everything was stopped and started', async () => {
  const stopped = await runningApp(stack, 'stopped')
  await stack.api.call('apps.stop', { appid: stopped.appid })
  await inPhase(stack.api, stopped.appid, 'stopped')
  const running = await runningApp(stack, 'running')
  await publish(stack, running.appid, 'hello', answering('hello'))
  await stack.api.call('functions.saveDraft', {
    appid: running.appid,
    name: 'hello',
    source: 'typing',
    baseRevision: 1,
  })
  const { data, lathe } = stack
  await lathe[Symbol.asyncDispose]()
  stack = await startStack({ LATHE_DATA: data })
  const url = `http://${running.appid}.localhost:${stack.lathe.port}`
  await answers(`${url}/hello`, 'hello')
  expect(await stack.api.call('functions.get', { appid: running.appid, name: 'hello' })).toMatchObject({
    liveRevision: 1,
    draft: { source: 'typing' },
  })
  expect(await stack.api.call('apps.get', { appid: stopped.appid })).toMatchObject({ phase: 'stopped' })
})
