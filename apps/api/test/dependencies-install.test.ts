import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppFolder } from '../src/packages/app-folder.ts'
import { pruneStore } from '../src/packages/prune-store.ts'
import { sharedStore } from '../src/packages/staging.ts'
import { startRegistry, type TestRegistry } from './fixtures/registry.ts'
import { rawTar } from './fixtures/tarball.ts'
import { type Machine, newMachine } from './support/packages.ts'

let registry: TestRegistry
let machine: Machine
let token: string

const manifestOf = (name: string) => ({
  path: 'package/package.json',
  content: JSON.stringify({ name, version: '1.0.0' }),
})

beforeAll(async () => {
  registry = await startRegistry()
  machine = await newMachine(registry.url)
  token = await registry.addUser('ann')
  for (const version of ['1.0.0', '1.1.0', '2.0.0']) await registry.publish({ name: 'plain', version })
})

afterAll(async () => {
  await machine?.[Symbol.asyncDispose]()
  await registry?.[Symbol.asyncDispose]()
})

/** All names under a folder. */
async function everythingIn(folder: AppFolder): Promise<string[]> {
  return readdir(folder.root, { recursive: true }).catch(() => [])
}

test('installs exactly what was asked for, and says how far it is', async () => {
  machine.progress.length = 0
  const installed = await machine.install(machine.app('first'), { plain: '^1.0.0' })
  expect(installed.direct.get('plain')).toMatchObject({ version: '1.1.0', native: false, scripts: false })
  expect(machine.progress.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['resolving', 'fetching', 'linking']),
  )
  expect(machine.progress.at(-1)).toEqual({ type: 'linking', done: 1, total: 1 })
})

test('a tag becomes a range, in the lockfile too', async () => {
  const { resolution } = await machine.install(machine.app('tag'), { plain: 'latest' })
  expect(resolution.dependencies).toEqual({ plain: '^2.0.0' })
  expect(resolution.lockfile).toContain('specifier: ^2.0.0')
})

test('apps on one machine share the bytes of a package', async () => {
  const paths = await Promise.all(
    ['one', 'two'].map(async (name) => {
      const installed = await machine.install(machine.app(name), { plain: '1.0.0' })
      return join(installed.direct.get('plain')!.folder, 'index.js')
    }),
  )
  const [one, two] = await Promise.all(paths.map((path) => stat(path)))
  expect(one!.ino).toBe(two!.ino)
})

test('packages that depend on one another in a circle are installed', async () => {
  await registry.publish({ name: 'circle-a', version: '1.0.0', dependencies: { 'circle-b': '1' } })
  await registry.publish({ name: 'circle-b', version: '1.0.0', dependencies: { 'circle-a': '1' } })
  const { all } = await machine.install(machine.app('circle'), { 'circle-a': '1.0.0' })
  expect(all.map(({ name }) => name).sort()).toEqual(['circle-a', 'circle-b'])
})

test('a package or version that does not exist is named', async () => {
  expect(await machine.refusal({ 'no-such-package': '^1.0.0' })).toEqual([
    'PACKAGE_NOT_FOUND',
    expect.stringContaining('no-such-package'),
  ])
  expect(await machine.refusal({ plain: '^9.0.0' })).toEqual([
    'VERSION_NOT_FOUND',
    expect.stringContaining('plain@^9.0.0'),
  ])
})

test('an archive that is not the one which the registry promised is refused', async () => {
  await registry.publish({ name: 'swapped', version: '1.0.0' })
  await registry.replaceTarball('swapped', '1.0.0', gzipSync(rawTar([manifestOf('swapped')])))
  expect(await machine.refusal({ swapped: '1.0.0' })).toEqual([
    'INTEGRITY',
    expect.stringContaining('swapped@1.0.0'),
  ])
})

test.each([
  ['no archive at all', Buffer.from('this is no archive')],
  ['a broken archive', gzipSync(Buffer.alloc(100_000, 'a')).subarray(0, 50)],
])('%s is refused', async (what, bytes) => {
  const name = what.replaceAll(' ', '-')
  await registry.publish({ name, version: '1.0.0' })
  await registry.replaceTarball(name, '1.0.0', bytes, { fixIntegrity: true })
  expect(await machine.refusal({ [name]: '1.0.0' })).toEqual(['BAD_PACKAGE', expect.stringContaining(name)])
})

test.each([
  ['dots', { path: 'package/../../../../../../../outside.js', content: 'outside' }],
  ['a link and a file behind it', { path: 'package/link', linkTo: '../../../../../..' }],
])('an archive cannot leave its folder by %s', async (what, entry) => {
  const name = `escape-${what.length}`
  await registry.publish({ name, version: '1.0.0' })
  const behind = { path: 'package/link/outside.js', content: 'outside' }
  const bytes = gzipSync(rawTar([manifestOf(name), entry, ...('linkTo' in entry ? [behind] : [])]))
  await registry.replaceTarball(name, '1.0.0', bytes, { fixIntegrity: true })
  await machine.refusal({ [name]: '1.0.0' }).catch(() => {}) // links are left out, dots refuse the archive
  const found = (await readdir(machine.dir, { recursive: true })).filter((path) =>
    path.endsWith('outside.js'),
  )
  expect(found.filter((path) => !path.includes(join('node_modules', name, 'link')))).toEqual([])
})

test('folders of the machine and git addresses below a package are refused, and nothing of them is copied', async () => {
  const secret = join(machine.dir, 'secret')
  await mkdir(secret)
  await writeFile(join(secret, 'package.json'), JSON.stringify({ name: 'secret', version: '1.0.0' }))
  await writeFile(join(secret, 'secret.txt'), 'secret')
  await registry.publish({
    name: 'names-folder',
    version: '1.0.0',
    dependencies: { secret: `file:${secret}` },
  })
  await registry.publish({
    name: 'names-git',
    version: '1.0.0',
    dependencies: { x: 'git+https://127.0.0.1:1/x.git' },
  })
  for (const name of ['names-folder', 'names-git']) {
    const app = machine.app(name)
    await expect(machine.install(app, { [name]: '1.0.0' })).rejects.toMatchObject({
      failure: 'EXOTIC_DEPENDENCY',
    })
    expect((await everythingIn(app)).filter((path) => path.endsWith('secret.txt'))).toEqual([])
  }
})

test('a package over the limit is refused, also when only its unpacked size is', async () => {
  await registry.publish({ name: 'big', version: '1.0.0' }, { 'big.bin': Buffer.alloc(6_000_000) })
  expect(await machine.refusal({ big: '1.0.0' })).toEqual([
    'PACKAGE_TOO_LARGE',
    expect.stringContaining('big'),
  ])
})

test('an archive of 500 MB of nothing is given up while it is unpacked', async () => {
  const zeros = Buffer.alloc(500_000_000)
  await registry.publish({ name: 'bomb', version: '1.0.0' }, { 'bomb.bin': zeros })
  expect(await machine.refusal({ bomb: '1.0.0' })).toEqual([
    'PACKAGE_TOO_LARGE',
    expect.stringContaining('bomb'),
  ])
  const files = await readdir(sharedStore(join(machine.dir, 'shared')).store, {
    recursive: true,
    withFileTypes: true,
  })
  const sizes = files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name)))
  expect(Math.max(...(await Promise.all(sizes)).map(({ size }) => size))).toBeLessThan(10_000_000)
})

test('what a receipt has come to is installed as it is, though the tag has moved on', async () => {
  const app = machine.app('seen')
  await registry.publish({ name: 'moving', version: '1.0.0' })
  const seen = await machine.resolve(app, { moving: 'latest' })
  await registry.publish({ name: 'moving', version: '2.0.0' })
  const installed = await machine.install(app, { moving: 'latest' }, { resolution: seen })
  expect(installed.direct.get('moving')).toMatchObject({ version: '1.0.0' })
  expect(installed.resolution.dependencies).toEqual({ moving: '^1.0.0' })
})

test('pruning the shared store leaves what an app has, and takes what none has any more', async () => {
  await registry.publish({ name: 'stays', version: '1.0.0' }, { 'index.js': '// stays' })
  await registry.publish({ name: 'goes', version: '1.0.0' }, { 'index.js': '// goes' })
  const [stays, goes] = [machine.app('stays'), machine.app('goes')]
  const kept = await machine.install(stays, { stays: '1.0.0' })
  const gone = await machine.install(goes, { goes: '1.0.0' })
  const { ino } = await stat(join(gone.direct.get('goes')!.folder, 'index.js'))
  await goes.remove()
  const shared = sharedStore(join(machine.dir, 'shared'))
  await pruneStore(shared, new AbortController().signal)
  const files = await readdir(shared.store, { recursive: true, withFileTypes: true })
  const left = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name))),
  )
  const inodes = left.map((file) => file.ino)
  expect(inodes).not.toContain(ino)
  expect(inodes).toContain((await stat(join(kept.direct.get('stays')!.folder, 'index.js'))).ino)
})

test('an app over its quota is refused, with both numbers', async () => {
  for (const name of ['part-1', 'part-2', 'part-3']) {
    await registry.publish({ name, version: '1.0.0' }, { 'part.bin': Buffer.alloc(4_000_000) })
  }
  const wanted = { 'part-1': '1.0.0', 'part-2': '1.0.0', 'part-3': '1.0.0' }
  expect(await machine.refusal(wanted)).toEqual(['QUOTA_EXCEEDED', expect.stringMatching(/11 MB.* 9\.5 MB/)])
})

test('install scripts do not run, unless they are allowed for their package', async () => {
  const postinstall = "node -e \"require('fs').writeFileSync('ran.txt', String(process.getuid()))\""
  await registry.publish({ name: 'scripted', version: '1.0.0', scripts: { postinstall } })
  const app = machine.app('scripted')
  const blocked = await machine.install(app, { scripted: '1.0.0' })
  expect(blocked.direct.get('scripted')!.scripts).toBe(true)
  expect((await everythingIn(app)).filter((path) => path.endsWith('ran.txt'))).toEqual([])
  const more = { scripts: ['scripted'], lockfile: blocked.resolution.lockfile }
  const allowed = await machine.install(app, { scripted: '1.0.0' }, more)
  const ran = await readFile(join(allowed.direct.get('scripted')!.folder, 'ran.txt'), 'utf8')
  expect(ran).toBe('65534') // nobody: the walls stood around it
})

test('a script that was allowed sees no token, and cannot change what other apps share', async () => {
  const check = `
    const fs = require('fs'), path = require('path')
    const can = (what) => { try { what(); return true } catch { return false } }
    fs.writeFileSync('told.json', JSON.stringify({
      home: fs.readFileSync(path.join(process.env.HOME, '.npmrc'), 'utf8'),
      other: can(() => fs.readdirSync('${machine.dir}/apps/one')),
      store: can(() => fs.writeFileSync('${machine.dir}/shared/store/poison', '')),
    }))
  `
  const scripts = { postinstall: 'node check.js' }
  await registry.publish({ name: 'curious', version: '1.0.0', scripts }, { 'check.js': check })
  const own = await newMachine(registry.url, [{ scope: '@private', url: registry.url, token }])
  await using _ = own
  const installed = await own.install(own.app('a'), { curious: '1.0.0' }, { scripts: ['curious'] })
  const told = await readFile(join(installed.direct.get('curious')!.folder, 'told.json'), 'utf8')
  expect(told).not.toContain(token)
  expect(JSON.parse(told)).toMatchObject({ other: false, store: false })
})

test('a script that fails, or has no walls to run behind, is a clear refusal', async () => {
  await registry.publish({ name: 'failing', version: '1.0.0', scripts: { postinstall: 'exit 3' } })
  expect((await machine.refusal({ failing: '1.0.0' }, { scripts: ['failing'] }))[0]).toBe('SCRIPT_FAILED')
  const open = { scripts: ['failing'], bubblewrap: false }
  expect((await machine.refusal({ failing: '1.0.0' }, open))[0]).toBe('SCRIPTS_NEED_SANDBOX')
})

test('a native addon needs the permission of the app', async () => {
  await registry.publish({ name: 'native', version: '1.0.0' }, { 'addon.node': Buffer.alloc(100) })
  expect((await machine.refusal({ native: '1.0.0' }))[0]).toBe('NATIVE_NOT_ALLOWED')
  const installed = await machine.install(machine.app('native'), { native: '1.0.0' }, { nativeAddons: true })
  expect(installed.direct.get('native')!.native).toBe(true)
})

test("a private package needs the team's token, which is not found in what others have cached", async () => {
  await registry.publish({ name: '@private/thing', version: '1.0.0' }, undefined, token)
  const wanted = { '@private/thing': '1.0.0' }
  const registryOf = async (own: string | null) => {
    const { registryConfig } = await import('../src/packages/registry-config.ts')
    return registryConfig('', {}, registry.url, [{ scope: '@private', url: registry.url, token: own }])
  }
  const installed = await machine.install(machine.app('private'), wanted, { config: await registryOf(token) })
  expect(installed.direct.get('@private/thing')!.version).toBe('1.0.0')
  for (const other of [null, 'not-the-token']) {
    const refused = await machine.refusal(wanted, { config: await registryOf(other) })
    expect(refused[0]).toBe('REGISTRY_UNAUTHORIZED')
  }
  const npmrcs = (await readdir(machine.dir, { recursive: true })).filter((path) => path.endsWith('.npmrc'))
  expect(npmrcs).toEqual([]) // no token stays on disk
})

test('an install that is cancelled ends, and leaves nothing in its folder', async () => {
  const abort = new AbortController()
  const cancelled = machine.install(
    machine.app('cancelled'),
    { plain: '2.0.0' },
    { signal: abort.signal, onProgress: () => abort.abort(new Error('cancelled')) },
  )
  await expect(cancelled).rejects.toThrow('cancelled')
  expect(await readdir(join(machine.dir, 'shared', 'staging'))).toEqual([])
})

test('a lockfile is restored exactly on another machine, and with the registry away from the store', async () => {
  const first = await machine.install(machine.app('locked'), { plain: '^1.0.0' })
  const { lockfile, dependencies } = first.resolution
  await registry.publish({ name: 'plain', version: '1.2.0' })
  await using other = await newMachine(registry.url)
  const there = await other.install(other.app('a'), dependencies, { lockfile, exact: true })
  expect(there.direct.get('plain')!.version).toBe('1.1.0')
  await registry.stop()
  try {
    const away = await other.install(other.app('b'), dependencies, { lockfile, exact: true })
    expect(away.direct.get('plain')!.version).toBe('1.1.0')
    await using empty = await newMachine(registry.url)
    await expect(
      empty.install(empty.app('a'), dependencies, { lockfile, exact: true }),
    ).rejects.toMatchObject({
      failure: 'REGISTRY_UNREACHABLE',
    })
  } finally {
    await registry.start()
  }
})

test('generations share what they have in common, and only what none needs is removed', async () => {
  const app = machine.app('generations')
  const linked = async (dependencies: Record<string, string>, lockfile: string | null) => {
    const installed = await machine.install(app, dependencies, { lockfile })
    return { installed, links: new Map([...installed.direct].map(([name, { folder }]) => [name, folder])) }
  }
  const one = await linked({ plain: '1.0.0' }, null)
  const first = await app.createGeneration(one.links)
  const two = await linked({ plain: '1.0.0', 'circle-a': '1.0.0' }, one.installed.resolution.lockfile)
  expect(two.links.get('plain')).toBe(one.links.get('plain'))
  await app.extend(first, new Map([['circle-a', two.links.get('circle-a')!]]))
  expect([...(await app.links(first)).keys()].sort()).toEqual(['circle-a', 'plain'])
  const three = await linked({ plain: '2.0.0' }, null)
  const second = await app.createGeneration(three.links)
  await app.collect(new Set([first, second]))
  expect(await app.links(first)).toEqual(two.links)
  await app.collect(new Set([second]))
  expect(await app.links(first)).toEqual(new Map())
  expect((await app.links(second)).get('plain')).toBe(three.links.get('plain'))
  const left = (await readdir(join(app.storeFor(false), '@'))).sort()
  expect(left).toEqual(['plain'])
})
