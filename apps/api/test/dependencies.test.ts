import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DependencyProgress } from '@lathe/shared'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Front, startFront } from './fixtures/front.ts'
import { startRegistry, type TestRegistry } from './fixtures/registry.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

let registry: TestRegistry
let front: Front
let stack: Stack

/** Module that answers how far (i32.const 42) came: the smallest that exports a function. */
const WASM = Buffer.from(
  '0061736d0100000001050160000 17f03020100070a0106616e7377657200000a06010400412a0b'.replaceAll(' ', ''),
  'hex',
)

beforeAll(async () => {
  registry = await startRegistry()
  front = await startFront(registry.url)
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
    const files = { 'index.js': `module.exports = 'plain ${version}'` }
    await registry.publish({ name: 'plain', version, license: 'MIT' }, files)
  }
  await registry.publish({ name: 'extra', version: '1.0.0', dependencies: { plain: '^1.0.0' } })
  stack = await startStack({ LATHE_REGISTRY: front.url, LATHE_PACKAGES_QUOTA_MB: '3' })
})

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]()
  await front?.[Symbol.asyncDispose]()
  await registry?.[Symbol.asyncDispose]()
})

interface App {
  appid: string
  url: string
}

async function newApp(name: string): Promise<App> {
  const { appid } = await stack.api.call('apps.create', { name })
  return running(appid)
}

function running(appid: string): Promise<App> {
  return eventually(async () => {
    const app = await stack.api.call('apps.get', { appid })
    return app.phase === 'running' && { appid, url: app.url }
  }, 'a running app')
}

async function publish(appid: string, name: string, source: string): Promise<void> {
  await stack.api.call('functions.create', { appid, name, source })
  await stack.api.call('functions.publish', { appid, name, source, baseRevision: 0 })
}

function add(appid: string, packages: Record<string, string>) {
  const wanted = Object.entries(packages).map(([name, range]) => ({ name, range }))
  return stack.api.call('dependencies.add', { appid, packages: wanted })
}

const list = (appid: string) => stack.api.call('dependencies.list', { appid })
const installed = async (appid: string) =>
  Object.fromEntries((await list(appid)).dependencies.map(({ name, version }) => [name, version]))
const appsDir = () => join(stack.lathe.data.root, 'packages', 'apps')

/** Asks without a pause until told to stop. @returns status codes that were not 200, and how many requests there were */
function load(url: string) {
  let going = true
  let count = 0
  const bad: string[] = []
  const asking = Array.from({ length: 4 }, async () => {
    while (going) {
      const answer = await visit(url).catch((error: Error) => ({ status: 0, text: error.message }))
      count++
      if (answer.status !== 200) bad.push(`${answer.status} ${answer.text}`)
    }
  })
  return async () => {
    going = false
    await Promise.all(asking)
    return { bad, count }
  }
}

test('a new package is imported by the next publish and run, by the same runtime', async () => {
  const { appid, url } = await newApp('hot')
  await publish(appid, 'before', 'export default () => "before"')
  const pids = stack.lathe.pids().runtimes
  const stop = load(`${url}/before`)
  expect(await add(appid, { plain: '^1.0.0' })).toMatchObject({ added: ['plain'], replaced: false })
  await publish(appid, 'hello', "import plain from 'plain'\nexport default () => plain")
  expect(await visit(`${url}/hello`)).toMatchObject({ status: 200, text: 'plain 1.1.0' })
  const source =
    "import { createRequire } from 'node:module'\nexport default () => createRequire(import.meta.url)('plain')"
  const { appid: _, ...run } = { appid, name: 'hello', source }
  const events = await Array.fromAsync(stack.api.subscribe('runs.execute', { appid, ...run }))
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'response', response: expect.objectContaining({ body: 'plain 1.1.0' }) }),
  )
  expect((await stop()).bad).toEqual([])
  expect(stack.lathe.pids().runtimes).toEqual(pids)
})

test('the list tells what is installed, who uses it, what is missing, and what importing costs', async () => {
  const { appid } = await newApp('list')
  await add(appid, { plain: '~1.0.0' })
  const source =
    "import 'plain/sub'\nimport x from 'not-there'\nimport fs from 'fs'\nimport '@/other'\nexport default () => x"
  await stack.api.call('functions.create', { appid, name: 'users/list', source })
  const view = await eventually(async () => {
    const found = await list(appid)
    return found.dependencies[0]?.importMs !== null && found
  }, 'a measured package')
  expect(view).toMatchObject({
    dependencies: [
      {
        name: 'plain',
        range: '~1.0.0',
        version: '1.0.0',
        license: 'MIT',
        usedBy: ['users/list'],
        native: false,
        scripts: 'none',
      },
    ],
    missing: [{ name: 'not-there', usedBy: ['users/list'] }],
    totalPackages: 1,
    limitBytes: 3 * 1024 * 1024,
    change: { state: 'done', title: 'add plain@~1.0.0' },
  })
  expect(view.dependencies[0]!.importMs).toBeGreaterThan(0)
  expect(view.usedBytes).toBe(view.dependencies[0]!.sizeBytes)
})

test('a changed package takes over by a fresh runtime, and no request fails', async () => {
  const { appid, url } = await newApp('change')
  await add(appid, { plain: '^1.0.0' })
  await publish(appid, 'hello', "import plain from 'plain'\nexport default () => plain")
  const stop = load(`${url}/hello`)
  const done = await add(appid, { plain: '2.0.0' })
  expect(done).toMatchObject({ changed: ['plain'], replaced: true })
  expect((await visit(`${url}/hello`)).text).toBe('plain 2.0.0')
  const { bad, count } = await stop()
  expect(bad).toEqual([])
  expect(count).toBeGreaterThan(20)
  // The old one stays until the runtime that imports from it has finished what it had.
  await eventually(async () => {
    const names = await readdir(join(appsDir(), appid))
    return names.filter((name) => name.startsWith('g')).length === 1
  }, 'one generation')
})

test('what functions import is removed only by force, and the app goes on', async () => {
  const { appid, url } = await newApp('remove')
  await add(appid, { plain: '^1.0.0', extra: '^1.0.0' })
  await publish(appid, 'hello', "import plain from 'plain'\nexport default () => plain")
  await publish(appid, 'other', 'export default () => "other"')
  const names = ['plain']
  await expect(stack.api.call('dependencies.remove', { appid, names })).rejects.toMatchObject({
    reason: 'IN_USE',
    details: { usedBy: ['hello'] },
  })
  const stop = load(`${url}/other`)
  const done = await stack.api.call('dependencies.remove', { appid, names, force: true })
  expect(done).toMatchObject({ removed: ['plain'], replaced: true })
  expect((await stop()).bad).toEqual([])
  expect(await installed(appid)).toEqual({ extra: '1.0.0' })
  expect((await visit(`${url}/hello`)).status).toBe(500)
  // Adding it again brings the function back, without another runtime.
  expect(await add(appid, { plain: '^1.0.0' })).toMatchObject({ replaced: false })
  await eventually(async () => (await visit(`${url}/hello`)).status === 200, 'the function')
})

test('ES modules, CommonJS, both, JSON and WebAssembly are imported', async () => {
  await registry.publish(
    { name: 'only-esm', version: '1.0.0', type: 'module', exports: './index.js' },
    {
      'index.js': "export const kind = 'esm'; export const top = await Promise.resolve('level')",
    },
  )
  await registry.publish(
    { name: 'dual', version: '1.0.0', exports: { import: './index.mjs', require: './index.cjs' } },
    { 'index.mjs': "export const kind = 'import'", 'index.cjs': "exports.kind = 'require'" },
  )
  await registry.publish(
    { name: 'data', version: '1.0.0' },
    { 'data.json': '{"kind":"json"}', 'index.js': '' },
  )
  await registry.publish(
    { name: 'wasm', version: '1.0.0', type: 'module', exports: './index.js' },
    {
      'module.wasm': WASM,
      'index.js': `import { readFileSync } from 'node:fs'
      const bytes = readFileSync(new URL('./module.wasm', import.meta.url))
      export const { answer } = (await WebAssembly.instantiate(bytes)).instance.exports`,
    },
  )
  const { appid, url } = await newApp('kinds')
  await add(appid, { 'only-esm': '1.0.0', dual: '1.0.0', data: '1.0.0', wasm: '1.0.0', plain: '1.0.0' })
  await publish(
    appid,
    'kinds',
    `import { kind, top } from 'only-esm'
    import { kind as dual } from 'dual'
    import plain from 'plain'
    import data from 'data/data.json'
    import { answer } from 'wasm'
    export default async () => [kind, top, dual, plain, data.kind, answer(), (await import('dual')).kind]`,
  )
  const { status, text } = await visit(`${url}/kinds`)
  expect([status, text]).toEqual([200, '["esm","level","import","plain 1.0.0","json",42,"import"]'])
})

test('a runtime cannot write to packages: their files are shared', async () => {
  const { appid, url } = await newApp('poison')
  await add(appid, { plain: '1.0.0' })
  const source = `import fs from 'node:fs'
    export default () => {
      const file = decodeURIComponent(new URL(import.meta.resolve('plain')).pathname)
      try { fs.writeFileSync(file, 'poison'); return 'written' } catch (error) { return error.code }
    }`
  await publish(appid, 'poison', source)
  expect((await visit(`${url}/poison`)).text).toMatch(/^(ERR_ACCESS_DENIED|EROFS|EACCES)$/)
})

test('names and ranges that are none are refused, and none of them reaches a shell or a file', async () => {
  const { appid } = await newApp('illegal')
  const names = [
    '',
    ' ',
    '../evil',
    '/etc/passwd',
    'a b',
    'x; touch /tmp/x',
    '$(id)',
    '`id`',
    '.hidden',
    '_x',
    '@scope',
    '@/x',
    'a/b',
    'node_modules',
    'ä',
    'x'.repeat(215),
    '--registry=http://x',
    'file:../x',
    'http://x/y.tgz',
    '__proto__',
  ]
  for (const name of names) {
    await expect(add(appid, { [name]: '1.0.0' }), name).rejects.toMatchObject({ reason: 'INVALID_INPUT' })
  }
  const ranges = [
    '../x',
    'file:../x',
    'link:/etc',
    'git+https://x/y.git',
    'github:x/y',
    'http://x/y.tgz',
    'npm:other@1',
    'workspace:*',
    '$(id)',
    '1.0.0; id',
    '--help',
    '1.0.0\nx',
    'x'.repeat(129),
    '',
  ]
  for (const range of ranges) {
    await expect(add(appid, { plain: range }), range).rejects.toMatchObject({ reason: 'INVALID_INPUT' })
  }
  for (const range of ['>>1', '1.2.3.4', '^^1']) {
    await expect(add(appid, { plain: range }), range).rejects.toMatchObject({
      details: { failure: 'VERSION_NOT_FOUND' },
    })
  }
  await expect(add(appid, { fs: '1.0.0' })).rejects.toMatchObject({
    message: expect.stringContaining('part of Node'),
  })
  expect(await installed(appid)).toEqual({})
})

test('a failure leaves the running set as it was, and says what went wrong', async () => {
  await registry.publish({ name: 'large', version: '1.0.0' }, { 'large.bin': Buffer.alloc(4_000_000) })
  const { appid, url } = await newApp('failure')
  await add(appid, { plain: '1.0.0' })
  await publish(appid, 'hello', "import plain from 'plain'\nexport default () => plain")
  const failures = { 'no-such-package': 'PACKAGE_NOT_FOUND', large: 'PACKAGE_TOO_LARGE' }
  for (const [name, failure] of Object.entries(failures)) {
    await expect(add(appid, { [name]: '1.0.0', plain: '2.0.0' })).rejects.toMatchObject({
      reason: 'INSTALL_FAILED',
      details: { failure },
    })
    expect(await installed(appid)).toEqual({ plain: '1.0.0' })
    expect((await list(appid)).change).toMatchObject({ state: 'failed', failure })
  }
  expect((await visit(`${url}/hello`)).text).toBe('plain 1.0.0')
  const left = await readdir(join(appsDir(), appid, 'store', '@'))
  expect(left).toEqual(['plain'])
})

test('packages are installed while the app is stopped, and are there when it starts', async () => {
  const { appid } = await newApp('stopped')
  await publish(appid, 'hello', 'export default () => "nothing"')
  await stack.api.call('apps.stop', { appid })
  await eventually(
    async () => (await stack.api.call('apps.get', { appid })).phase === 'stopped',
    'a stopped app',
  )
  expect(await add(appid, { plain: '1.0.0' })).toMatchObject({ added: ['plain'] })
  expect(await add(appid, { plain: '2.0.0' })).toMatchObject({ changed: ['plain'] })
  await stack.api.call('apps.start', { appid })
  const { url } = await running(appid)
  await publish(appid, 'other', "import plain from 'plain'\nexport default () => plain")
  expect((await visit(`${url}/other`)).text).toBe('plain 2.0.0')
})

test('progress is streamed, changes wait for one another, and can be cancelled', async () => {
  const { appid } = await newApp('queue')
  await registry.publish({ name: 'slow', version: '1.0.0' })
  const over = new AbortController()
  const seen: DependencyProgress[] = []
  const following = (async () => {
    for await (const event of stack.api.subscribe('dependencies.progress', { appid }, over.signal)) {
      seen.push(event as DependencyProgress)
    }
  })().catch(() => {})
  await eventually(async () => seen.length > 0, 'the first state')
  const held = front.hold()
  const first = add(appid, { slow: '1.0.0' })
  await held
  const queued = (count: number) =>
    eventually(async () => {
      const found = seen.filter((event) => event.type === 'queued')
      return found.length >= count && found
    }, `${count} that wait`)
  const second = add(appid, { plain: '1.0.0' })
  await queued(1)
  const third = add(appid, { extra: '1.0.0' })
  third.catch(() => {})
  const waiting = await queued(2)
  expect(waiting.map(({ position }) => position)).toEqual([1, 2])
  const cancelled = await stack.api.call('dependencies.cancel', { appid, changeId: waiting[1]!.changeId })
  expect(cancelled).toEqual({ cancelled: true })
  front.release()
  await expect(third).rejects.toMatchObject({ details: { failure: 'CANCELLED' } })
  await Promise.all([first, second])
  expect(await installed(appid)).toEqual({ plain: '1.0.0', slow: '1.0.0' })
  await eventually(async () => seen.filter(({ type }) => type === 'done').length === 2, 'two that are done')
  expect(new Set(seen.map(({ type }) => type))).toEqual(
    new Set(['idle', 'queued', 'resolving', 'fetching', 'linking', 'done', 'failed']),
  )
  over.abort()
  await following
})

test('an install that runs is cancelled in its middle', async () => {
  const { appid } = await newApp('cancel')
  await registry.publish({ name: 'cancelled', version: '1.0.0' })
  const held = front.hold()
  const adding = add(appid, { cancelled: '1.0.0' })
  adding.catch(() => {})
  await held
  const { change } = await list(appid)
  await stack.api.call('dependencies.cancel', { appid, changeId: change!.id })
  await expect(adding).rejects.toMatchObject({ details: { failure: 'CANCELLED' } })
  front.release()
  expect(await installed(appid)).toEqual({})
})

test('an app that is deleted during an install takes everything of it along', async () => {
  const { appid } = await newApp('deleted')
  await registry.publish({ name: 'deleted', version: '1.0.0' })
  const held = front.hold()
  const adding = add(appid, { deleted: '1.0.0' })
  adding.catch(() => {})
  await held
  await stack.api.call('apps.delete', { appid, confirmName: 'deleted' })
  front.release()
  await expect(adding).rejects.toMatchObject({ details: { failure: 'APP_DELETED' } })
  expect(await readdir(appsDir())).not.toContain(appid)
})

test('an api that is killed during an install leaves the previous set in use', async () => {
  const { appid, url } = await newApp('killed')
  await add(appid, { plain: '1.0.0' })
  await publish(appid, 'hello', "import plain from 'plain'\nexport default () => plain")
  await registry.publish({ name: 'killed', version: '1.0.0' })
  const held = front.hold()
  const adding = add(appid, { killed: '1.0.0' })
  adding.catch(() => {})
  await held
  const before = stack.lathe.pids().api
  process.kill(before!, 'SIGKILL')
  const view = await eventually(
    async () => stack.lathe.pids().api !== before && (await list(appid)),
    'another api',
  )
  front.release()
  await expect(adding).rejects.toThrow()
  expect(view.change).toMatchObject({ state: 'failed', failure: 'INTERRUPTED' })
  expect(await installed(appid)).toEqual({ plain: '1.0.0' })
  expect((await visit(`${url}/hello`)).text).toBe('plain 1.0.0')
  expect(await readdir(join(stack.lathe.data.root, 'packages', 'shared', 'staging'))).toEqual([])
  expect(await add(appid, { killed: '1.0.0' })).toMatchObject({ added: ['killed'] })
})

test('the lockfile brings packages back exactly where their folder is gone, with the registry away', async () => {
  const { appid } = await newApp('restored')
  await add(appid, { plain: '^1.0.0', extra: '1.0.0' })
  await publish(appid, 'hello', "import plain from 'plain'\nexport default () => plain")
  await stack.api.call('apps.stop', { appid })
  await eventually(
    async () => (await stack.api.call('apps.get', { appid })).phase === 'stopped',
    'a stopped app',
  )
  await rm(join(appsDir(), appid), { recursive: true })
  await registry.stop()
  try {
    await stack.api.call('apps.start', { appid })
    const { url } = await running(appid)
    expect((await visit(`${url}/hello`)).text).toBe('plain 1.1.0')
  } finally {
    await registry.start()
  }
})

test('twenty apps with the same packages use the disk once', async () => {
  const apps = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { appid } = await stack.api.call('apps.create', { name: `same ${index}` })
      await stack.api.call('apps.stop', { appid })
      await add(appid, { plain: '2.0.0' })
      return appid
    }),
  )
  const inodes = await Promise.all(
    apps.map(async (appid) => {
      const found = await readdir(join(appsDir(), appid, 'store'), { recursive: true })
      const file = found.find((path) => path.endsWith('index.js'))
      return (await stat(join(appsDir(), appid, 'store', file!))).ino
    }),
  )
  expect(new Set(inodes).size).toBe(1)
})

test('types of packages are given to members, at addresses that never change', async () => {
  await registry.publish(
    { name: '@scope/typed', version: '1.0.0', types: 'index.d.ts' },
    {
      'index.d.ts': 'export declare const typed: 42',
      'index.js': 'exports.typed = 42',
      'lib/more.d.mts': 'export {}',
    },
  )
  const { appid } = await newApp('types')
  await add(appid, { '@scope/typed': '1.0.0', plain: '1.0.0' })
  const base = `${stack.lathe.url}/api/apps/${appid}/types`
  const { headers } = stack.api
  expect(await (await fetch(base, { headers })).json()).toEqual({ '@scope/typed': '1.0.0' })
  const response = await fetch(`${base}/@scope/typed@1.0.0.json`, { headers })
  expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
  expect(Object.keys((await response.json()) as object).sort()).toEqual(
    ['index.d.ts', 'lib/more.d.mts', 'package.json'].map((file) => `/node_modules/@scope/typed/${file}`),
  )
  expect((await fetch(`${base}/@scope/typed@1.0.0.json`)).status).toBe(401)

  expect(await (await fetch(`${base}/exports`, { headers })).json()).toEqual({
    '@scope/typed': { values: ['typed'], types: [] },
  })
  expect((await fetch(`${base}/exports`)).status).toBe(401)
  const others = [
    '@scope/typed@2.0.0.json',
    '../../../etc/passwd',
    '..%2f..%2fx@1.json',
    'x',
    '@scope/typed@..%2f.json',
  ]
  for (const path of others) expect((await fetch(`${base}/${path}`, { headers })).status, path).toBe(404)
})

test("a team's registry needs its token, which is encrypted and never shown", async () => {
  const token = await registry.addUser('team')
  await registry.publish(
    { name: '@private/thing', version: '1.0.0' },
    { 'index.js': 'module.exports = 7' },
    token,
  )
  const { appid } = await newApp('private')
  const { teamId } = await stack.api.call('apps.get', { appid })
  await expect(add(appid, { '@private/thing': '1.0.0' })).rejects.toMatchObject({
    details: { failure: 'REGISTRY_UNAUTHORIZED' },
  })
  const saved = await stack.api.call('registries.save', {
    teamId,
    scope: '@private',
    url: registry.url,
    token,
  })
  expect(saved).toMatchObject({ scope: '@private', hasToken: true })
  expect(JSON.stringify(await stack.api.call('registries.list', { teamId }))).not.toContain(token)
  expect(await add(appid, { '@private/thing': '1.0.0' })).toMatchObject({ added: ['@private/thing'] })
  await expect(
    stack.api.call('registries.save', { teamId, scope: '@x', url: 'file:///etc' }),
  ).rejects.toMatchObject({ reason: 'INVALID_INPUT' })
  await expect(stack.api.call('registries.list', { teamId: 'other' })).rejects.toMatchObject({
    reason: 'NOT_FOUND',
  })
  expect(await stack.api.call('registries.remove', { teamId, scope: '@private' })).toEqual({ removed: true })
  expect(await installed(appid)).toEqual({ '@private/thing': '1.0.0' })
})
