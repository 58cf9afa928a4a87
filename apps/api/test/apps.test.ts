import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers, inPhase, publish, runningApp, runtimePid, runtimePids } from './support/apps.ts'
import { refused } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

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

test('a new app has an appid, an address, a place in the list, and soon a runtime behind its walls', async () => {
  const made = await stack.api.call('apps.create', { name: 'Shop' })
  expect(made).toMatchObject({ name: 'Shop', state: 'running', functionCount: 0, lastPublish: null })
  expect(made.appid).toMatch(/^[a-hj-km-np-z][2-9a-hj-km-np-z]{5}$/)
  expect(made.url).toBe(`http://${made.appid}.localhost:${stack.lathe.port}`)
  // Its address is known to the gateway at once, which holds what comes until the runtime is there.
  expect(JSON.parse((await visit(`${made.url}/hello`)).text).error.code).toBe('FUNCTION_NOT_FOUND')
  const running = await inPhase(stack.api, made.appid, 'running')
  expect(running).toMatchObject({ replicas: { live: 1, total: 1 }, phaseError: null })
  expect(running.isolation).toContain('permission')
  expect((await stack.api.call('apps.list')).map(({ appid }) => appid)).toContain(made.appid)
  await publish(stack, made.appid, 'hello', 'export default () => 1')
  expect(await stack.api.call('apps.get', { appid: made.appid })).toMatchObject({
    functionCount: 1,
    lastPublish: { functionName: 'hello', revision: 1, by: 'owner' },
  })
})

test('renaming changes the name and nothing else', async () => {
  const { appid } = await stack.api.call('apps.create', { name: 'Before' })
  expect(await stack.api.call('apps.rename', { appid, name: '  店 Ünï  ' })).toMatchObject({
    appid,
    name: '店 Ünï',
  })
  const { reason } = await refused(stack.api.call('apps.rename', { appid, name: 'a\u202eb' }))
  expect(reason).toBe('INVALID_INPUT')
})

describe('the runtime', () => {
  test('stops and starts as it is told; publishing to a stopped app is kept for its start', async () => {
    const { appid, url } = await runningApp(stack)
    await publish(stack, appid, 'hello', 'export default () => "one"')
    await stack.api.call('apps.stop', { appid })
    expect(await inPhase(stack.api, appid, 'stopped')).toMatchObject({
      state: 'stopped',
      isolation: [],
      replicas: { live: 0, total: 0 },
    })
    const stopped = await visit(`${url}/hello`)
    expect(stopped).toMatchObject({ status: 503 })
    expect(JSON.parse(stopped.text).error.code).toBe('APP_STOPPED')
    expect(await publish(stack, appid, 'hello', 'export default () => "two"')).toEqual({
      revision: 2,
      liveInMs: null,
      replicas: { live: 0, total: 0 },
    })
    await stack.api.call('apps.start', { appid })
    // The gateway holds what comes while the app starts.
    expect((await visit(`${url}/hello`)).text).toBe('two')
    await inPhase(stack.api, appid, 'running')
  })

  test('is replaced by a restart without a failed request', async () => {
    const { appid, url } = await runningApp(stack)
    await publish(
      stack,
      appid,
      'pid',
      'export default () => String(process.hrtime.bigint() && globalThis.born)\nglobalThis.born ??= Math.random()',
    )
    const seen: string[] = []
    let restarting = true
    const visitors = Array.from({ length: 3 }, async () => {
      while (restarting) {
        const { status, text } = await visit(`${url}/pid`)
        seen.push(status === 200 ? text : `${status} ${text}`)
      }
    })
    for (let n = 0; n < 3; n++) await stack.api.call('apps.restart', { appid })
    restarting = false
    await Promise.all(visitors)
    expect(seen.filter((text) => !/^0\.\d+/.test(text))).toEqual([])
    expect(new Set(seen).size).toBeGreaterThanOrEqual(3)
    expect(await stack.api.call('apps.get', { appid })).toMatchObject({
      phase: 'running',
      replicas: { live: 1 },
    })
  })

  test('comes back when it is killed', async () => {
    const { appid, url } = await runningApp(stack)
    await publish(stack, appid, 'hello', 'export default () => "alive"')
    const victim = await runtimePid(stack, appid)
    process.kill(victim, 'SIGKILL')
    await eventually(async () => (await runtimePid(stack, appid)) !== victim, 'another runtime')
    await answers(`${url}/hello`, 'alive')
    await inPhase(stack.api, appid, 'running')
  })

  test('that crashes again and again ends in phase failed with its last words, until somebody starts it', async () => {
    const { appid, url } = await runningApp(stack)
    await eventually(async () => {
      const { phase } = await stack.api.call('apps.get', { appid })
      if (phase === 'running') process.kill(await runtimePid(stack, appid), 'SIGKILL')
      return phase === 'failed'
    }, 'phase failed')
    const failed = await stack.api.call('apps.get', { appid })
    expect(failed).toMatchObject({ state: 'running', phase: 'failed', replicas: { live: 0 } })
    expect(failed.phaseError).toContain('The runtime ended (signal SIGKILL)')
    const refused = await visit(`${url}/fine`)
    expect(refused.status).toBe(503)
    expect(JSON.parse(refused.text).error.code).toBe('APP_FAILED')
    await publish(stack, appid, 'fine', 'export default () => "fine"')
    await stack.api.call('apps.start', { appid })
    await answers(`${url}/fine`, 'fine')
    expect(await inPhase(stack.api, appid, 'running')).toMatchObject({ phaseError: null })
  })
})

test('whatever is asked at once and in whatever order, the app ends as it was asked last', async () => {
  const { appid, url } = await runningApp(stack)
  await publish(stack, appid, 'hello', 'export default () => "hello"')
  const verbs = fc.constantFrom('apps.start', 'apps.stop', 'apps.restart')
  await fc.assert(
    fc.asyncProperty(fc.array(verbs, { maxLength: 6 }), fc.boolean(), async (asked, last) => {
      // A restart that a stop overtakes is refused; nothing else is.
      const outcomes = await Promise.allSettled(asked.map((verb) => stack.api.call(verb, { appid })))
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ reason: 'RUNTIME_UNAVAILABLE' })
      }
      await stack.api.call(last ? 'apps.start' : 'apps.stop', { appid })
      await inPhase(stack.api, appid, last ? 'running' : 'stopped')
      const seen = await visit(`${url}/hello`)
      expect(seen.status).toBe(last ? 200 : 503)
      await eventually(
        async () => runtimePids(stack, appid).length === (last ? 1 : 0),
        'the right number of runtimes',
      )
    }),
    { numRuns: 5, endOnFailure: true },
  )
})

describe('deleting', () => {
  test('takes the name, and then removes everything', async () => {
    const { appid, url } = await runningApp(stack, 'Precious')
    await publish(stack, appid, 'a', 'export default () => { console.log("line"); return 1 }')
    await publish(stack, appid, 'a', 'export default () => 2')
    await mongo.db(`app_${appid}`).collection('data').insertOne({ kept: true })
    const appDir = join(stack.lathe.data.apps, appid)
    expect(existsSync(appDir)).toBe(true)
    expect(await refused(stack.api.call('apps.delete', { appid, confirmName: 'precious' }))).toMatchObject({
      reason: 'CONFIRMATION_MISMATCH',
      details: { expected: 'Precious' },
    })
    expect((await visit(`${url}/a`)).text).toBe('2')

    await stack.api.call('apps.delete', { appid, confirmName: 'Precious' })
    expect((await visit(`${url}/a`)).status).toBe(404)
    expect(await refused(stack.api.call('apps.get', { appid }))).toMatchObject({ reason: 'NOT_FOUND' })
    const { databases } = await mongo.db().admin().listDatabases({ nameOnly: true })
    expect(databases.map(({ name }) => name)).not.toContain(`app_${appid}`)
    const platform = mongo.db('lathe')
    for (const collection of ['functions', 'revisions', 'runtimes', 'logs']) {
      expect(await platform.collection(collection).findOne({ appid })).toBeNull()
    }
    expect(existsSync(appDir)).toBe(false)
    await expect(runtimePid(stack, appid)).rejects.toThrow()
  })

  test('that was interrupted by a kill of the api is finished by the next', async () => {
    const { appid } = await runningApp(stack, 'Half')
    await publish(stack, appid, 'a', 'export default () => 1')
    // The intent is written; the api is killed before it is done.
    await mongo
      .db('lathe')
      .collection<{ _id: string }>('apps')
      .updateOne({ _id: appid }, { $set: { phase: 'deleting', state: 'stopped' } })
    process.kill(stack.lathe.pids().api!, 'SIGKILL')
    await eventually(async () => {
      const error = await refused(stack.api.call('apps.get', { appid }))
      return error.reason === 'NOT_FOUND'
    }, 'the end of the app')
    expect(await mongo.db('lathe').collection('functions').findOne({ appid })).toBeNull()
    await expect(runtimePid(stack, appid)).rejects.toThrow()
  })
})
