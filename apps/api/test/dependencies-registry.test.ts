import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resolvePackages } from '../src/packages/installer.ts'
import { parseLockfile } from '../src/packages/lockfile.ts'
import { makeReceipt } from '../src/packages/receipt.ts'
import { RegistryClient } from '../src/packages/registry-client.ts'
import { registryConfig, registryOf } from '../src/packages/registry-config.ts'
import { searchPackages } from '../src/packages/search.ts'
import { sharedStore } from '../src/packages/staging.ts'
import { packageVersions } from '../src/packages/versions.ts'
import { packagesImported } from '../src/services/dependencies/imports.ts'
import { freePort, startRegistry, type TestRegistry } from './fixtures/registry.ts'
import { newMachine } from './support/packages.ts'

const SIGNAL = new AbortController().signal
let registry: TestRegistry
let token: string

beforeAll(async () => {
  registry = await startRegistry()
  token = await registry.addUser('ann')
  await registry.publish({ name: 'plain', version: '1.0.0', description: 'First', license: 'MIT' })
  await registry.publish({
    name: 'plain',
    version: '1.1.0',
    description: 'Plain things',
    license: 'MIT',
    types: 'index.d.ts',
  })
  await registry.publish({
    name: 'plain-js',
    version: '1.0.0',
    license: { type: 'ISC' },
    scripts: { install: 'x' },
  })
  await registry.publish({ name: '@types/plain-js', version: '1.0.0' })
  await registry.publish({
    name: 'uses-plain',
    version: '1.0.0',
    dependencies: { plain: '1.0.0', 'plain-js': '1' },
  })
  await registry.publish({ name: 'old', version: '1.0.0', deprecated: 'use plain' })
  await registry.publish({ name: '@private/thing', version: '1.0.0' }, undefined, token)
})
afterAll(() => registry?.[Symbol.asyncDispose]())

const clientOf = (url: string) => new RegistryClient(registryConfig('', {}, url))

/** A registry that answers everything in one way. */
async function serving(
  answer: (path: string) => { status: number; body?: string },
): Promise<Server & { url: string }> {
  const server = createServer((request, response) => {
    const { status, body = '{}' } = answer(request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(server, { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/` })
}

test('a search finds packages, with what the registry tells of them, the exact name first', async () => {
  const { state, hits } = await searchPackages(clientOf(registry.url), 'plain', SIGNAL)
  expect(state).toBe('ok')
  expect(hits[0]).toMatchObject({
    name: 'plain',
    version: '1.1.0',
    exact: true,
    license: 'MIT',
    description: 'Plain things',
    types: 'own',
    weeklyDownloads: null,
  })
  const js = await searchPackages(clientOf(registry.url), 'plain-js', SIGNAL)
  expect(js.hits[0]).toMatchObject({ types: '@types', license: 'ISC', exact: true })
  expect((await searchPackages(clientOf(registry.url), 'old', SIGNAL)).hits[0]).toMatchObject({
    deprecated: 'use plain',
  })
})

test('a registry without search finds exact names, and says so', async () => {
  const manifest = JSON.stringify({ name: 'known', version: '2.0.0' })
  const server = await serving((path) => {
    if (path.startsWith('/-/')) return { status: 404 }
    return path.startsWith('/known') ? { status: 200, body: manifest } : { status: 404 }
  })
  const found = await searchPackages(clientOf(server.url), 'known', SIGNAL)
  expect(found).toMatchObject({
    state: 'exact-only',
    message: expect.any(String),
    hits: [{ name: 'known', types: 'none' }],
  })
  const nothing = await searchPackages(clientOf(server.url), 'unknown', SIGNAL)
  expect(nothing).toMatchObject({ state: 'exact-only', hits: [] })
  server.close()
})

test('a registry that is away, refuses, or answers nonsense is a state and no error', async () => {
  const away = await searchPackages(clientOf(`http://127.0.0.1:${await freePort()}/`), 'plain', SIGNAL)
  expect(away).toMatchObject({ state: 'unreachable', hits: [] })
  for (const [answer, state] of [
    [{ status: 401 }, 'unauthorized'],
    [{ status: 503 }, 'unreachable'],
    [{ status: 200, body: '<html>' }, 'exact-only'],
    [{ status: 200, body: '{"objects":[{},{"package":{"name":1}},null]}' }, 'ok'],
  ] as const) {
    const server = await serving(() => answer)
    expect(await searchPackages(clientOf(server.url), 'plain', SIGNAL)).toMatchObject({
      state,
      hits: expect.any(Array),
    })
    server.close()
  }
})

test('versions come newest first, with tags and deprecations', async () => {
  const { versions, tags, types } = await packageVersions(clientOf(registry.url), 'plain')
  expect(versions.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0'])
  expect(tags).toEqual({ latest: '1.1.0' })
  expect(types).toBe('own')
  await expect(packageVersions(clientOf(registry.url), 'nothing')).rejects.toMatchObject({
    trouble: 'NOT_FOUND',
  })
  await expect(packageVersions(clientOf(registry.url), '@private/thing')).rejects.toMatchObject({
    trouble: 'UNAUTHORIZED',
  })
})

test('a receipt tells what would come, and fetches no archive', async () => {
  await using machine = await newMachine(registry.url)
  const config = registryConfig('', {}, registry.url)
  const { locked } = await resolvePackages({
    job: 'receipt',
    shared: sharedStore(machine.dir),
    folder: machine.app('a'),
    dependencies: { 'uses-plain': '^1.0.0' },
    lockfile: null,
    config,
    limits: { packageBytes: 1, totalBytes: 1 },
    scripts: [],
    bubblewrap: false,
    nativeAddons: false,
    env: {},
    signal: SIGNAL,
    onProgress: () => {},
  })
  const receipt = await makeReceipt(new RegistryClient(config), null, locked)
  expect(receipt.added.map(({ name, version, direct, scripts }) => [name, version, direct, scripts])).toEqual(
    [
      ['uses-plain', '1.0.0', true, false],
      ['plain', '1.0.0', false, false],
      ['plain-js', '1.0.0', false, true],
    ],
  )
  expect(receipt.licenses).toContainEqual({ license: 'MIT', count: 1 })
  expect(receipt).toMatchObject({ replaces: false, changed: [], removed: [], unknownSizes: 3 })
  expect(receipt.advisoriesUnknown).toMatch(/advisories/)
})

test('advisories are those of the versions that would come', async () => {
  const server = await serving((path) =>
    path.includes('advisories')
      ? {
          status: 200,
          body: JSON.stringify({
            plain: [
              { severity: 'high', title: 'Bad', url: 'https://example.com/1', vulnerable_versions: '<1.1.0' },
              { severity: 'low', title: 'Other', url: 'javascript:alert(1)', vulnerable_versions: '>=2' },
            ],
          }),
        }
      : { status: 404 },
  )
  const lock = `lockfileVersion: '9.0'
importers: { .: { dependencies: { plain: { specifier: 1.0.0, version: 1.0.0 } } } }
packages: { plain@1.0.0: { resolution: { integrity: sha512-x } } }
snapshots: { plain@1.0.0: {} }`
  const { advisories, advisoriesUnknown } = await makeReceipt(clientOf(server.url), null, parseLockfile(lock))
  expect(advisoriesUnknown).toBeNull()
  expect(advisories).toEqual([
    { name: 'plain', version: '1.0.0', severity: 'high', title: 'Bad', url: 'https://example.com/1' },
  ])
  server.close()
})

test("registries follow .npmrc: scopes, tokens by address, a team's over the operator's", () => {
  const npmrc = [
    '; comment',
    'registry = "https://main.example/npm"',
    '@acme:registry=https://acme.example/',
    `//acme.example/:_authToken=$\{ACME_TOKEN}`,
    '//main.example/:_auth=dXNlcjpwYXNz',
    'cafile=/etc/ca.pem',
  ].join('\n')
  const config = registryConfig(npmrc, { ACME_TOKEN: 'abc' }, undefined)
  expect(registryOf(config, 'lodash')).toEqual({
    url: 'https://main.example/npm/',
    authorization: 'Basic dXNlcjpwYXNz',
  })
  expect(registryOf(config, '@acme/x')).toEqual({ url: 'https://acme.example/', authorization: 'Bearer abc' })
  expect(config.npmrc).toContain('cafile=/etc/ca.pem')
  const own = registryConfig(npmrc, {}, 'https://set.example/', [
    { scope: '@acme', url: 'https://team.example/r', token: 'team' },
    { scope: null, url: 'https://team.example/main/', token: null },
  ])
  expect(registryOf(own, '@acme/x')).toEqual({ url: 'https://team.example/r/', authorization: 'Bearer team' })
  expect(registryOf(own, 'lodash')).toEqual({ url: 'https://team.example/main/', authorization: null })
  expect(registryConfig('', {}, undefined).main.authorization).toBeNull()
})

test('imports are found wherever a function has them', () => {
  const source = `import a from 'a'; import type { B } from "@s/b/deep"
    export * from 'c/x'; export { d } from 'd'
    const e = await import('e'), f = require("f"), g = import(\`g\`)
    import fs from 'node:fs'; import path from 'path'; import './x'; import '@/y'; import cloud from '@lathe/cloud'
    import(variable); const text = "import h from 'h'"`
  expect([...packagesImported(source)].sort()).toEqual(['@s/b', 'a', 'c', 'd', 'e', 'f', 'g'])
  expect(packagesImported('import { from "broken')).toEqual([])
})
