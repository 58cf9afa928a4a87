import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EnvVariableView } from '@lathe/shared'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answers, inPhase, publish, runningApp, runtimePid } from './support/apps.ts'
import { ApiError, client } from './support/client.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const READ = `import cloud from '@lathe/cloud'
const atTop = process.env.GREETING ?? null
export default () => ({ own: process.env.GREETING ?? null, cloud: cloud.env.GREETING ?? null, atTop })`

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

async function refusal(call: Promise<unknown>): Promise<ApiError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ApiError)) throw new Error(`not refused: ${String(error)}`)
  return error
}

async function readingApp() {
  const app = await runningApp(stack, 'Variables')
  await publish(stack, app.appid, 'read', READ)
  const read = async () => {
    const { status, text } = await visit(`${app.url}/read`)
    if (status !== 200) throw new Error(`${status} ${text}`)
    return JSON.parse(text)
  }
  return { ...app, read }
}

test('a change is in force when it is answered, in the same process, and goes when it is unset', async () => {
  const { appid, read } = await readingApp()
  const pid = await runtimePid(stack, appid)
  expect(await read()).toEqual({ own: null, cloud: null, atTop: null })
  for (let i = 0; i < 20; i++) {
    const change = await stack.api.call('env.set', { appid, name: 'GREETING', value: `hello ${i}` })
    expect(change.replicas).toEqual({ live: 1, total: 1 })
    expect(await read()).toMatchObject({ own: `hello ${i}`, cloud: `hello ${i}` })
  }
  expect(await stack.api.call('env.unset', { appid, names: ['GREETING', 'NOT_THERE'] })).toMatchObject({
    removed: ['GREETING'],
  })
  expect(await read()).toMatchObject({ own: null, cloud: null })
  expect(await runtimePid(stack, appid)).toBe(pid)
})

test('no request fails while variables change', async () => {
  const { appid, read } = await readingApp()
  let isOver = false
  const seen: string[] = []
  const load = Array.from({ length: 8 }, async () => {
    while (!isOver) seen.push((await read()).own ?? 'none')
  })
  for (let i = 0; i < 30; i++) await stack.api.call('env.set', { appid, name: 'GREETING', value: `v${i}` })
  isOver = true
  await Promise.all(load)
  expect(seen.length).toBeGreaterThan(30)
  expect(await read()).toMatchObject({ own: 'v29' })
})

test('a restart, and a publish, let the top level of modules read the new value', async () => {
  const { appid, url, read } = await readingApp()
  await stack.api.call('env.set', { appid, name: 'GREETING', value: 'new' })
  expect(await read()).toEqual({ own: 'new', cloud: 'new', atTop: null })
  await stack.api.call('apps.restart', { appid })
  await answers(`${url}/read`, JSON.stringify({ own: 'new', cloud: 'new', atTop: 'new' }))
})

test('a variable set while the app is stopped is there from its first request', async () => {
  const { appid, url } = await readingApp()
  await stack.api.call('apps.stop', { appid })
  await inPhase(stack.api, appid, 'stopped')
  const change = await stack.api.call('env.set', { appid, name: 'GREETING', value: 'early' })
  expect(change.replicas).toEqual({ live: 0, total: 0 })
  await stack.api.call('apps.start', { appid })
  await answers(`${url}/read`, JSON.stringify({ own: 'early', cloud: 'early', atTop: 'early' }))
})

test('a secret is never shown again: not by the api, not in its log, not at rest', async () => {
  const { appid } = await runningApp(stack)
  const secret = 'correct-horse-battery-staple-91'
  const shown: unknown[] = [
    await stack.api.call('env.set', { appid, name: 'KEY', value: secret }),
    await stack.api.call('env.set', { appid, variables: [{ name: 'PLAIN', value: 'seen', secret: false }] }),
    await stack.api.call('env.set', { appid, text: `KEY=${secret}2`, dryRun: true }),
    await stack.api.call('env.list', { appid }),
    (await refusal(stack.api.call('env.set', { appid, name: 'KEY', secret: false }))).message,
    (await refusal(stack.api.call('env.set', { appid, text: `KEY=${secret}\nPATH=${secret}` }))).message,
  ]
  expect(JSON.stringify(shown)).not.toContain(secret)
  const { variables } = await stack.api.call('env.list', { appid })
  expect(variables.map(({ name, value, secret }: EnvVariableView) => [name, value, secret])).toEqual([
    ['KEY', null, true],
    ['PLAIN', 'seen', false],
  ])
  expect(variables[0]).toMatchObject({ updatedBy: 'owner', updatedAt: expect.stringMatching(/^2\d{3}-/) })

  const stored = await mongo.db('lathe').collection<{ _id: string }>('env').findOne({ _id: appid })
  expect(JSON.stringify(stored)).not.toContain(secret)
  expect(JSON.stringify(stored)).not.toContain('seen')
  const logs = join(stack.data, 'logs')
  for (const file of await readdir(logs)) {
    expect(await readFile(join(logs, file), 'utf8'), file).not.toContain(secret)
  }
})

test('a text replaces all variables in one step, unless somebody was faster', async () => {
  const { appid } = await runningApp(stack)
  const { version } = await stack.api.call('env.set', { appid, text: 'A=1\nB=2\nC=3', secret: false })
  const dry = await stack.api.call('env.set', { appid, text: 'A=1\nB=x\nD=4', mode: 'replace', dryRun: true })
  expect(dry).toMatchObject({ version, added: ['D'], changed: ['B'], removed: ['C'] })

  await stack.api.call('env.set', { appid, name: 'FASTER', value: 'yes', secret: false })
  const late = { appid, text: 'A=9', mode: 'replace', baseVersion: version } as const
  const refused = await refusal(stack.api.call('env.set', late))
  expect(refused).toMatchObject({ reason: 'CHANGED_MEANWHILE', details: { version: version + 1 } })
  await stack.api.call('env.set', { ...late, baseVersion: version + 1 })
  const { variables } = await stack.api.call('env.list', { appid })
  expect(variables.map(({ name, value }) => [name, value])).toEqual([['A', '9']])
})

test('many changes at once are all kept', async () => {
  const { appid } = await runningApp(stack)
  const names = Array.from({ length: 20 }, (_, i) => `V${i}`).sort()
  await Promise.all(names.map((name) => stack.api.call('env.set', { appid, name, value: name })))
  const { variables, version } = await stack.api.call('env.list', { appid })
  expect(variables.map(({ name }) => name)).toEqual(names)
  expect(version).toBe(20)
})

test('refuses reserved names, bad lines and what is too much, and writes nothing of it', async () => {
  const { appid } = await runningApp(stack)
  expect(await refusal(stack.api.call('env.set', { appid, name: 'NODE_OPTIONS', value: 'x' }))).toMatchObject(
    {
      reason: 'INVALID_INPUT',
      message: 'name: is reserved',
    },
  )
  const text = 'GOOD=1\nnonsense\nLATHE_APPID=x'
  const refused = await refusal(stack.api.call('env.set', { appid, text }))
  expect(refused.details.issues).toEqual([
    { path: 'text', message: 'line 2: there is no = in this line' },
    { path: 'text', message: 'line 3: "LATHE_APPID" is reserved' },
  ])
  const half = 'x'.repeat(40_000)
  await stack.api.call('env.set', { appid, name: 'HALF', value: half })
  const tooMuch = await refusal(stack.api.call('env.set', { appid, name: 'OTHER', value: half }))
  expect(tooMuch.reason).toBe('TOO_LARGE')
  expect((await stack.api.call('env.list', { appid })).variables.map(({ name }) => name)).toEqual(['HALF'])
})

test('variables are for members, and go with the app', async () => {
  const { appid, name } = await runningApp(stack)
  await stack.api.call('env.set', { appid, name: 'KEY', value: 'x' })
  const stranger = client(stack.lathe.url, {})
  expect((await refusal(stranger.call('env.list', { appid }))).reason).toBe('UNAUTHENTICATED')
  expect((await refusal(stack.api.call('env.list', { appid: 'zzzzzz' }))).reason).toBe('NOT_FOUND')
  expect((await refusal(stack.api.call('env.set', { appid: 'zzzzzz', name: 'A', value: '' }))).reason).toBe(
    'NOT_FOUND',
  )
  await stack.api.call('apps.delete', { appid, confirmName: name })
  expect(await mongo.db('lathe').collection<{ _id: string }>('env').findOne({ _id: appid })).toBeNull()
})
