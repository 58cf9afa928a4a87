import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { settingsSchema } from '@lathe/shared'
import { type Lathe, startLathe } from '@lathe/supervisor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Api } from '../src/api.ts'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const BIN = fileURLToPath(new URL('../../../node_modules/.bin', import.meta.url))
const OWNER = { email: 'owner@example.com', password: 'correct horse battery' }

interface Done {
  code: number
  stdout: string
  stderr: string
}

function start(
  command: string,
  args: string[],
  cwd: string,
  env: Record<string, string>,
  input = '',
): Promise<Done> {
  return new Promise((resolve) => {
    const child = execFile(
      command,
      args,
      { cwd, env: { PATH: process.env.PATH, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    child.stdin?.end(input)
  })
}

describe('lathe', () => {
  let home: string
  let lathe: Lathe
  let api: Api
  let appid: string
  let env: Record<string, string>
  /** What `lathe ...` does in the app's folder, in a process of its own. */
  const run = (...args: string[]) => start(process.execPath, [MAIN, ...args], join(home, 'app'), env)
  const asJson = async <T>(...args: string[]) => JSON.parse((await run(...args, '--json')).stdout) as T
  /** Stands in for `npm install` of what the folder's package.json names. */
  const installed = async (...names: string[]) => {
    for (const name of names) {
      const link = join(home, 'app', 'node_modules', name)
      await mkdir(dirname(link), { recursive: true })
      await symlink(fileURLToPath(new URL(`../../cloud/node_modules/${name}`, import.meta.url)), link)
    }
  }
  const local = (name: string) => join(home, 'app', 'functions', `${name}.ts`)

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'lathe-cli-'))
    lathe = await startLathe(
      settingsSchema.parse({
        LATHE_PORT: '0',
        LATHE_DATA: join(home, 'data'),
        LATHE_OWNER_EMAIL: OWNER.email,
        LATHE_OWNER_PASSWORD: OWNER.password,
      }),
    )
    const headers = { 'content-type': 'application/json', origin: lathe.url }
    const signedIn = await fetch(`${lathe.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers,
      body: JSON.stringify(OWNER),
    })
    const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!
    const made = await fetch(`${lathe.url}/trpc/tokens.create`, {
      method: 'POST',
      headers: { ...headers, cookie },
      body: JSON.stringify({ name: 'cli', scope: 'develop' }),
    })
    const { token } = ((await made.json()) as { result: { data: { token: string } } }).result.data
    env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config'), LATHE_URL: lathe.url, LATHE_TOKEN: token }
    api = new Api({ url: lathe.url, token })
    appid = (await api.call('apps.create', { name: 'from git' })).appid
    await api.call('functions.create', {
      appid,
      name: 'users/list',
      source:
        "import type { FunctionContext } from '@lathe/cloud'\nexport default (ctx: FunctionContext) => ctx.query\n",
    })
    const pulled = await start(process.execPath, [MAIN, 'pull', appid, 'app'], home, env)
    expect(pulled.stderr).toBe('')
  })
  afterAll(async () => {
    await lathe[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  })

  test('pull makes a folder of the app that TypeScript understands', async () => {
    expect(await readFile(local('users/list'), 'utf8')).toContain('FunctionContext')
    expect(JSON.parse(await readFile(join(home, 'app', 'lathe.json'), 'utf8'))).toMatchObject({ appid })
    const config = JSON.parse(await readFile(join(home, 'app', 'tsconfig.json'), 'utf8'))
    expect(config.compilerOptions.paths['@/*']).toEqual(['./functions/*'])
    expect(await asJson('status')).toMatchObject({ app: { appid, name: 'from git' }, changes: [] })
    await writeFile(
      local('wrong'),
      "import type { FunctionContext } from '@lathe/cloud'\nexport default (ctx: FunctionContext): number => ctx.method\n",
    )
    await installed('@types/node', 'mongodb')
    const checked = await start(join(BIN, 'tsc'), ['-p', '.'], join(home, 'app'), env)
    expect(checked.stdout).toMatch(/functions\/wrong\.ts\(2,\d+\): error TS2322/)
    await rm(local('wrong'))
  })

  test('publish makes a new file live, and says where a file is wrong', async () => {
    await writeFile(local('hello'), 'export default () => "from a file"\n')
    expect(await asJson('publish', 'hello')).toMatchObject({
      published: [{ name: 'hello', revision: 1 }],
      refused: [],
    })
    expect(await api.call('functions.get', { appid, name: 'hello' })).toMatchObject({ liveRevision: 1 })
    await writeFile(local('hello'), 'export default () => (\n')
    const { code, stdout } = await run('publish', 'hello')
    expect(code).toBe(1)
    expect(stdout).toMatch(/functions\/hello\.ts:\d+:\d+: /)
    await writeFile(local('hello'), 'export default () => "from a file"\n')
    await writeFile(local('fresh'), 'export default () => (\n')
    expect((await run('publish', 'fresh')).code).toBe(1)
    await writeFile(local('fresh'), 'export default () => "right now"\n')
    expect(await asJson('publish', 'fresh')).toMatchObject({ published: [{ name: 'fresh', revision: 1 }] })
  })

  test('push saves drafts, and refuses to cover what somebody else did meanwhile', async () => {
    await writeFile(local('users/list'), 'export default () => "mine"\n')
    const theirs = 'export default () => "theirs"\n'
    const { liveRevision, draft } = await api.call('functions.get', { appid, name: 'users/list' })
    await api.call('functions.publish', {
      appid,
      name: 'users/list',
      source: theirs,
      baseRevision: liveRevision,
    })
    expect(draft.source).not.toBe(theirs)
    const { code, stdout } = await run('push')
    expect(code).toBe(1)
    expect(stdout).toContain('users/list changed here and there')
    expect((await run('publish')).stdout).toContain('users/list: CONFLICT')
    expect((await api.call('functions.get', { appid, name: 'users/list' })).draft.source).toBe(theirs)
    expect((await run('pull')).code).toBe(1)
    expect(await readFile(local('users/list'), 'utf8')).toContain('mine')
    expect((await run('pull', '--force')).code).toBe(0)
    expect(await readFile(local('users/list'), 'utf8')).toBe(theirs)
    await writeFile(local('users/list'), 'export default () => "after a merge"\n')
    expect(await asJson('push')).toMatchObject({ pushed: ['users/list'], conflicts: [] })
    expect((await api.call('functions.get', { appid, name: 'users/list' })).draft.source).toContain(
      'after a merge',
    )
  })

  test('push deletes there what was deleted here when it is told to, and nothing that changed there since', async () => {
    for (const name of ['goes', 'stays']) await writeFile(local(name), 'export default () => 1\n')
    expect(await asJson('push')).toMatchObject({ pushed: ['goes', 'stays'] })
    for (const name of ['goes', 'stays']) await rm(local(name))
    await api.call('functions.saveDraft', {
      appid,
      name: 'stays',
      source: 'export default () => 2\n',
      baseRevision: 0,
    })
    const names = async () => (await api.call('functions.list', { appid })).map(({ name }) => name)
    expect((await run('push')).stdout).toContain('goes was deleted here; push --delete deletes it there')
    expect(await names()).toEqual(expect.arrayContaining(['goes', 'stays']))
    const told = await run('push', '--delete')
    expect(told).toMatchObject({ code: 1 })
    expect(told.stdout).toContain('deleted: goes')
    expect(told.stdout).toContain('stays changed here and there')
    expect(await names()).not.toContain('goes')
    expect(await names()).toContain('stays')
    expect(await asJson('push', '--delete', '--force')).toMatchObject({ deleted: ['stays'], conflicts: [] })
    expect(await names()).not.toContain('stays')
  })

  test('run executes the local file without saving it, and shows its lines', async () => {
    await writeFile(local('hello'), 'export default (ctx) => { console.log("seen"); return ctx.query }\n')
    const { code, stdout, stderr } = await run('run', 'hello', '--query', 'a=1')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^200 in \d+ ms\n\{"a":"1"\}/)])
    expect(stderr).toContain('seen')
    expect((await api.call('functions.get', { appid, name: 'hello' })).draft.source).toContain('from a file')
  })

  test('test runs cases and files of tests, with an exit code and JUnit for CI', async () => {
    await writeFile(
      local('hello.test'),
      "import { test } from 'node:test'\ntest('adds', () => {\n  if (1 + 1 !== 2) throw new Error('no')\n})\n",
    )
    expect(await asJson('push')).toMatchObject({ pushed: expect.arrayContaining(['hello.test']) })
    const one = { appid, functionName: 'fresh', request: {} }
    const body = (text: string) => [{ kind: 'body' as const, body: text }]
    await api.call('cases.save', { ...one, name: 'says it', expectations: body('right now') })
    const good = await run('test', '--junit', 'report.xml')
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('2 passed, 0 failed')])
    const report = await readFile(join(home, 'app', 'report.xml'), 'utf8')
    expect(report).toContain('<testcase classname="fresh" name="says it"')
    expect(report).toContain('<testcase classname="hello.test" name="adds"')
    await api.call('cases.save', { ...one, name: 'says another', expectations: body('something else') })
    const bad = await run('test', 'fresh')
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining('failed  fresh: says another')])
    expect((await run('test', 'hello.test')).code).toBe(0)
    expect((await run('test', 'helo')).code).toBe(2)
  })

  test('publish leaves what is newer there, but for --force, by which a job publishes a clone from git', async () => {
    const newer = 'export default () => "newer"\n'
    const { liveRevision } = await api.call('functions.get', { appid, name: 'fresh' })
    await api.call('functions.publish', { appid, name: 'fresh', source: newer, baseRevision: liveRevision })
    expect(await asJson('publish', 'fresh')).toMatchObject({ refused: [{ reason: 'CONFLICT' }] })
    const liveSource = async () => (await api.call('functions.get', { appid, name: 'fresh' })).draft.source
    expect(await liveSource()).toBe(newer)
    const clone = join(home, 'clone')
    await mkdir(join(clone, 'functions'), { recursive: true })
    await writeFile(join(clone, 'lathe.json'), JSON.stringify({ appid }))
    await writeFile(join(clone, 'functions', 'fresh.ts'), 'export default () => "from git"\n')
    const lathe = (...args: string[]) => start(process.execPath, [MAIN, ...args], clone, env)
    expect((await lathe('publish')).code).toBe(1)
    expect(await liveSource()).toBe(newer)
    const forced = await lathe('publish', '--force', '--note', 'by a job')
    expect([forced.code, forced.stdout]).toEqual([0, expect.stringContaining('fresh: revision 3')])
    expect(await liveSource()).toContain('from git')
    expect((await lathe('publish')).stdout).toBe('Everything is live.\n')
  })

  test('pull deletes what was deleted there, and keeps what was changed here since', async () => {
    for (const name of ['old', 'kept']) await writeFile(local(name), 'export default () => 1\n')
    await run('push')
    await writeFile(local('kept'), 'export default () => 2\n')
    for (const name of ['old', 'kept']) await api.call('functions.delete', { appid, name })
    expect(await asJson('pull')).toMatchObject({ deleted: ['old'], conflicts: ['kept'] })
    await expect(readFile(local('old'))).rejects.toThrow('ENOENT')
    expect(await readFile(local('kept'), 'utf8')).toContain('2')
    await rm(local('kept'))
  })

  test('pull writes through no link that leads out of the folder', async () => {
    const trap = join(home, 'trap')
    const outside = join(home, 'outside')
    await mkdir(trap)
    await mkdir(outside)
    await writeFile(join(trap, 'lathe.json'), JSON.stringify({ appid }))
    await symlink(outside, join(trap, 'functions'))
    const { code, stderr } = await start(process.execPath, [MAIN, 'pull'], trap, env)
    expect([code, stderr]).toEqual([2, expect.stringContaining('is a link that leads out of')])
    expect(await readdir(outside)).toEqual([])
  })

  test('logs shows lines, and -f goes on with those that come', async () => {
    await writeFile(local('speaks'), 'export default () => console.log("over \\u001b[31mhere")\n')
    expect((await run('publish', 'speaks')).code).toBe(0)
    const following = spawn(process.execPath, [MAIN, 'logs', '-f', '--json', '--function', 'speaks'], {
      cwd: join(home, 'app'),
      env: { PATH: process.env.PATH, ...env },
    })
    const stop = new AbortController()
    const calling = (async () => {
      while (!stop.signal.aborted) await run('run', 'speaks', '--live')
    })()
    const lines = createInterface({ input: following.stdout })
    const [line] = (await once(lines, 'line')) as [string]
    stop.abort()
    await calling
    following.kill()
    expect(JSON.parse(line)).toMatchObject({ functionName: 'speaks', text: expect.stringContaining('over') })
    const { stdout } = await run('logs', '--function', 'speaks')
    expect(stdout).toContain('speaks  over here')
  })

  test('env sets secrets that nobody reads again, and removes them', async () => {
    const piped = await start(
      process.execPath,
      [MAIN, 'env', 'set', 'KEY'],
      join(home, 'app'),
      env,
      'hidden=value\n',
    )
    expect(piped).toMatchObject({ code: 0, stderr: '' })
    expect(await asJson('env')).toMatchObject([{ name: 'KEY', secret: true }])
    expect((await run('env')).stdout).not.toContain('hidden')
    // Arguments are what `ps` shows to everybody.
    const visible = await run('env', 'set', 'OTHER=hidden')
    expect(visible.code).toBe(2)
    expect(visible.stderr).toContain('lathe env set OTHER < file')
    await run('env', 'set', 'OTHER=shown', '--plain')
    expect((await run('env')).stdout).toContain('shown')
    await run('env', 'unset', 'KEY', 'OTHER')
    expect(await asJson('env')).toEqual([])
  })

  test('says what is wrong, with exit codes that scripts can tell apart', async () => {
    expect(await run('explode')).toMatchObject({ code: 2 })
    expect(await run('apps', '--nonsense')).toMatchObject({ code: 2 })
    const foreign = await run('status', '--json')
    expect(foreign.code).toBe(0)
    const denied = await start(process.execPath, [MAIN, 'apps', '--json'], home, {
      ...env,
      LATHE_TOKEN: 'lathe_no',
    })
    expect([denied.code, JSON.parse(denied.stderr)]).toEqual([
      1,
      expect.objectContaining({ reason: 'UNAUTHENTICATED' }),
    ])
    expect((await run('--help')).stdout).toContain('publish')
  })

  test('takes functions by their files, as a shell completes them', async () => {
    await writeFile(local('by-file'), 'export default () => "by file"\n')
    await writeFile(local('left'), 'export default () => "left"\n')
    const early = await run('run', 'functions/by-file.ts')
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('lathe push by-file')])
    expect(await asJson('push', './functions/by-file.ts')).toMatchObject({ pushed: ['by-file'] })
    expect((await run('run', 'functions/by-file.ts')).stdout).toContain('by file')
    expect(await asJson('publish', 'functions/by-file.ts')).toMatchObject({
      published: [{ name: 'by-file', revision: 1 }],
    })
    expect(await asJson('status')).toMatchObject({ changes: [{ name: 'left', kind: 'new' }] })
    expect(await run('push', 'nothing')).toMatchObject({ code: 2 })
    await rm(local('left'))
  })

  test('push names the file whose name is no function’s, and saves the others', async () => {
    await writeFile(local('Bad Name'), 'export default () => 1\n')
    await writeFile(local('zebra'), 'export default () => 1\n')
    const { code, stdout } = await run('push')
    expect(code).toBe(1)
    expect(stdout).toContain('functions/Bad Name.ts: ')
    expect(stdout).toContain('draft saved: zebra')
    await rm(local('Bad Name'))
  })

  test('words and addresses that mean nothing are refused, and a bad token is said to be one', async () => {
    for (const args of [
      ['status', 'hello'],
      ['apps', 'all'],
      ['run', 'hello', 'again'],
    ]) {
      expect(await run(...args)).toMatchObject({ code: 2, stdout: '' })
    }
    const asked = (more: Record<string, string>) =>
      start(process.execPath, [MAIN, 'apps'], home, { ...env, ...more })
    const ftp = await asked({ LATHE_URL: 'ftp://files' })
    expect([ftp.code, ftp.stderr]).toEqual([2, expect.stringContaining('ftp://files is no address')])
    expect((await asked({ LATHE_TOKEN: 'lathe_no' })).stderr).toContain('does not take this token')
  })

  test('test makes the folder of its report, and says where a test failed', async () => {
    await writeFile(
      local('places.test'),
      "import { test } from 'node:test'\nimport { expect } from '@lathe/cloud/test'\ntest('fails', () => {\n  expect(1).toBe(2)\n})\n",
    )
    await run('push', 'functions/places.test.ts')
    const { code, stdout } = await run('test', 'functions/places.test.ts', '--junit', 'reports/of/junit.xml')
    expect(code).toBe(1)
    expect(stdout).toMatch(/at functions\/places\.test\.ts:4:\d+/)
    expect(await readFile(join(home, 'app', 'reports', 'of', 'junit.xml'), 'utf8')).toContain('<testsuites')
    await rm(local('places.test'))
    await run('push', '--delete')
  })

  test('login keeps the token for this user alone', async () => {
    const { LATHE_TOKEN, ...rest } = env
    const done = await start(
      process.execPath,
      [MAIN, 'login', '--url', lathe.url, '--token', LATHE_TOKEN!],
      home,
      rest,
    )
    expect(done.stdout).toContain('as owner')
    expect(done.stdout).not.toContain(LATHE_TOKEN)
    expect((await stat(join(home, 'config', 'lathe', 'login.json'))).mode & 0o777).toBe(0o600)
    const apps = await start(process.execPath, [MAIN, 'apps'], home, rest)
    expect(apps.stdout).toContain('from git')
  })
})
