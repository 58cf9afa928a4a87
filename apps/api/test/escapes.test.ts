import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chooseIsolation, nodeCommand } from '@lathe/supervisor'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Attempt, bareSource } from './escapes/attempt.ts'
import { selfAttempts } from './escapes/contained.ts'
import { databaseAttempts } from './escapes/databases.ts'
import { controlAttempts, doorAttempts } from './escapes/doors.ts'
import { fileAttempts } from './escapes/files.ts'
import { internalAttempts, lootAttempts } from './escapes/internals.ts'
import { processAttempts } from './escapes/processes.ts'
import { startWorld, type World } from './escapes/world.ts'
import { eventually } from './support/eventually.ts'
import { visit } from './support/visit.ts'

const walled = [...fileAttempts, ...processAttempts, ...internalAttempts, ...doorAttempts]
const attempts = [...walled, ...databaseAttempts]
const bubblewrap = await chooseIsolation('bwrap').then(
  () => true,
  () => false,
)
if (!bubblewrap)
  console.warn('bubblewrap does not work here: what it denies is not tested (apt-get install bubblewrap)')

let world: World

describe.each([
  { behind: 'permission', isolation: 'permission', startedAhead: false, available: true },
  { behind: 'bwrap', isolation: 'bwrap', startedAhead: false, available: bubblewrap },
  {
    behind: 'bwrap, in a process that waited for it',
    isolation: 'bwrap',
    startedAhead: true,
    available: bubblewrap,
  },
] as const)('an app’s code behind $behind', ({ isolation, startedAhead, available }) => {
  let before: unknown
  beforeAll(async () => {
    if (!available) return
    world = await startWorld(isolation, startedAhead)
    before = await world.state()
    return () => world[Symbol.asyncDispose]()
  })

  test.skipIf(!available).for(attempts)('$name', async (attempt) => {
    const { status, text } = await world.make(attempt)
    expect(status, text).toBe(200)
    if (attempt.gap?.[isolation])
      expect(JSON.parse(text), 'close the gap in docs/SECURITY.md').toHaveProperty('loot')
    else expect(JSON.parse(text), `so that ${attempt.never}`).toEqual({ denied: expect.any(String) })
    for (const secret of world.secrets) expect(text).not.toContain(secret)
    expect(await world.state()).toEqual(before)
  })

  test.skipIf(!available).for(lootAttempts)('$name: nothing of the platform’s', async (attempt) => {
    const { status, text } = await world.make(attempt)
    expect(status, text).toBe(200)
    for (const secret of world.secrets) expect(text).not.toContain(secret)
    if (attempt.name === 'the whole heap') expect(JSON.parse(text)).toEqual({ denied: 'nothing' })
    expect(await world.state()).toEqual(before)
  })
})

describe.each([
  { isolation: 'permission', available: true },
  { isolation: 'bwrap', available: bubblewrap },
] as const)('an app that harms itself behind $isolation', ({ isolation, available }) => {
  let before: unknown
  beforeAll(async () => {
    if (!available) return
    world = await startWorld(isolation)
    before = await world.state()
    return () => world[Symbol.asyncDispose]()
  })

  test.skipIf(!available).for(selfAttempts)(
    '$name: no other is harmed, and it comes back',
    async (attempt) => {
      await world.make(attempt).catch((error: unknown) => error) // its own connection may end with it
      await eventually(async () => {
        // So many attempts in a row are a crash loop, which a person's start forgives.
        await world.stack.api.call('apps.start', { appid: world.attacker.appid })
        return (await visit(`${world.attacker.url}/ping`)).text === 'pong'
      }, `${attempt.name}: an app that answers again`)
      expect(await world.state()).toEqual(before)
    },
  )
})

describe('without walls', () => {
  let dir: string
  beforeAll(async () => {
    world = await startWorld('permission')
    dir = join(world.target.own, 'tmp', 'bare')
    await mkdir(dir)
    return () => world[Symbol.asyncDispose]()
  })

  /** What the attempt's own process answers; an end without an answer is loot, too. */
  async function bare(attempt: Attempt, command: (args: string[]) => { command: string; args: string[] }) {
    const file = join(dir, 'attempt.mjs')
    await writeFile(file, bareSource(attempt))
    const { command: program, args } = command(['--no-warnings', file, JSON.stringify(world.target)])
    const { promise, resolve } = Promise.withResolvers<{ denied?: string; loot?: boolean }>()
    execFile(program, args, { cwd: world.target.own, timeout: 20_000 }, (_error, stdout, stderr) => {
      if (stdout.endsWith('}')) resolve(JSON.parse(stdout.slice(stdout.lastIndexOf('{'))))
      else resolve(/bwrap: /.test(stderr) ? { denied: stderr } : { loot: true })
    })
    return promise
  }

  test.for(controlAttempts)('the control channel refuses whoever comes $name', async (attempt) => {
    const direct = (args: string[]) => ({ command: process.execPath, args })
    expect(await bare(attempt, direct), attempt.never).toEqual({ denied: 'nothing' })
  })

  test.skipIf(!bubblewrap).for(walled.filter(({ denied }) => denied === 'system'))(
    'bubblewrap alone denies $name',
    async (attempt) => {
      const { own, packageFile } = world.target
      const behind = (args: string[]) =>
        nodeCommand('bwrap', args, { readable: [join(packageFile, '..')], writable: [own] })
      expect(await bare(attempt, behind), attempt.never).toEqual({ denied: expect.any(String) })
    },
  )

  // Last, since it does what it can. An attempt that fails here as well would prove nothing of the walls.
  test.for(walled.filter(({ denied }) => denied !== 'platform'))('nothing stops $name', async (attempt) => {
    const direct = (args: string[]) => ({ command: process.execPath, args })
    expect(await bare(attempt, direct)).toEqual({ loot: true })
  })
})
