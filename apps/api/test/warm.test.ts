import { readdir, readFile } from 'node:fs/promises'
import { usualSettings } from '@lathe/shared'
import { chooseIsolation } from '@lathe/supervisor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers, inPhase, publish, runningApp, runtimePid, runtimePids } from './support/apps.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

const bubblewrap = await chooseIsolation('bwrap').then(
  () => true,
  () => false,
)
if (!bubblewrap)
  console.warn('bubblewrap does not work here: no runtime can be started ahead (apt-get install bubblewrap)')

describe.skipIf(!bubblewrap)('a runtime that is started ahead', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ LATHE_ISOLATION: 'bwrap' })
  })
  afterAll(() => stack?.[Symbol.asyncDispose]())

  const waiting = ({ lathe } = stack) =>
    eventually(async () => lathe.pids().warm[0] ?? null, 'a runtime that waits')

  test('is what a new app, a wake and a start take; another waits after each', async () => {
    await using drowsy = await startStack({ LATHE_ISOLATION: 'bwrap', LATHE_IDLE_STOP: '1s' })
    const first = await waiting(drowsy)
    const { appid, url } = await runningApp(drowsy, 'taker')
    expect(await runtimePid(drowsy, appid)).toBe(first)
    await publish(drowsy, appid, 'hello', `export default () => 'hello'`)
    await inPhase(drowsy.api, appid, 'sleeping')
    await eventually(async () => runtimePids(drowsy, appid).length === 0, 'the end of the runtime')

    const second = await waiting(drowsy)
    expect(await visit(`${url}/hello`)).toMatchObject({ status: 200, text: 'hello' })
    expect(await runtimePid(drowsy, appid)).toBe(second)

    const third = await waiting(drowsy)
    await drowsy.api.call('apps.stop', { appid })
    await inPhase(drowsy.api, appid, 'stopped')
    await drowsy.api.call('apps.start', { appid })
    expect(await visit(`${url}/hello`)).toMatchObject({ status: 200, text: 'hello' })
    expect(await runtimePid(drowsy, appid)).toBe(third)
    expect(new Set([first, second, third]).size).toBe(3)
  })

  test('has the app’s own folder and packages, as one that is started from nothing has', async () => {
    const { appid, url } = await runningApp(stack, 'keeper of files')
    const keep = `import { readFileSync, writeFileSync } from 'node:fs'
export default (ctx) => {
  if (ctx.method === 'POST') writeFileSync('tmp/kept', 'kept by ' + ctx.body)
  return readFileSync(process.cwd() + '/tmp/kept', 'utf8')
}`
    await publish(stack, appid, 'keep', keep)
    await visit(`${url}/keep`, {
      method: 'POST',
      body: 'the first',
      headers: { 'content-type': 'text/plain' },
    })
    // Another memory limit cannot be set in a process that is there: this start is from nothing.
    const waits = await waiting()
    const first = await runtimePid(stack, appid)
    await stack.api.call('apps.update', { appid, memoryMb: usualSettings.memoryMb + 1 })
    await eventually(async () => !runtimePids(stack, appid).includes(first), 'the replacement')
    await answers(`${url}/keep`, 'kept by the first')
    expect(await waiting()).toBe(waits)

    await stack.api.call('apps.update', { appid, memoryMb: usualSettings.memoryMb })
    await eventually(async () => runtimePids(stack, appid).includes(waits), 'the runtime that waited')
    await answers(`${url}/keep`, 'kept by the first')
    const mounts = await readFile(`/proc/${await innermost(waits)}/mountinfo`, 'utf8')
    const packages = mounts.split('\n').filter((line) => line.includes(' /lathe/packages '))
    expect(packages.at(-1)).toMatch(new RegExp(`/${appid} /lathe/packages ro[, ]`))
  })

  test('knows nothing of any app while it waits', async () => {
    const { appid, url } = await runningApp(stack, 'other')
    await publish(stack, appid, 'hello', `export default () => 'hello'`)
    await answers(`${url}/hello`, 'hello')
    const pid = await innermost(await waiting())
    for (const folder of ['app', 'run', 'packages'])
      expect(await readdir(`/proc/${pid}/root/lathe/${folder}`)).toEqual([])
    const known = (await readFile(`/proc/${pid}/environ`, 'utf8'))
      .split('\0')
      .map((line) => line.split('=')[0])
    expect(known.filter(Boolean).sort()).toEqual(['LATHE_WARM', 'PATH', 'PWD'])
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8')
    for (const one of await stack.api.call('apps.list')) expect(mounts).not.toContain(one.appid)
  })

  test('that dies is replaced', async () => {
    const pid = await waiting()
    process.kill(pid, 'SIGKILL')
    await eventually(async () => stack.lathe.pids().warm.some((one) => one !== pid), 'another one')
    const { appid } = await runningApp(stack, 'after')
    expect(await runtimePid(stack, appid)).not.toBe(pid)
  })

  test('is not started when none is wanted', async () => {
    await using without = await startStack({ LATHE_ISOLATION: 'bwrap', LATHE_WARM_RUNTIMES: '0' })
    await runningApp(without, 'from nothing')
    expect(without.lathe.pids().warm).toEqual([])
    expect(await readdir(`${without.data}/run`)).not.toContain('warm')
  })
})

/** Behind bubblewrap a runtime is the innermost process. */
async function innermost(pid: number): Promise<number> {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim()
  return children === '' ? pid : innermost(Number(children.split(' ')[0]))
}
