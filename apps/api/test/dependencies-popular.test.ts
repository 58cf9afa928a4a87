import { afterAll, beforeAll, expect, test } from 'vitest'
import { popularPackages, SUBSET } from './fixtures/popular-packages.ts'
import { eventually } from './support/eventually.ts'
import { type Stack, startStack } from './support/stack.ts'
import { visit } from './support/visit.ts'

/** `LATHE_TEST_PACKAGES=all` installs all of them: on demand, and nightly. */
const names = process.env.LATHE_TEST_PACKAGES === 'all' ? popularPackages : popularPackages.slice(0, SUBSET)

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ LATHE_PACKAGES_QUOTA_MB: '1000' })
})
afterAll(() => stack?.[Symbol.asyncDispose]())

// Packages of the registry that this machine is set to use.
test(`the ${names.length} most used packages install and import`, { timeout: 600_000 }, async () => {
  const { appid } = await stack.api.call('apps.create', { name: 'popular' })
  await stack.api.call('dependencies.permissions', { appid, nativeAddons: true })
  const packages = names.map((name) => ({ name, range: 'latest' }))
  await stack.api.call('dependencies.add', { appid, packages })
  const source = `const names = ${JSON.stringify(names)}
    export default async () => {
      const failed = {}
      for (const name of names) await import(name).catch((error) => { failed[name] = error.message })
      return failed
    }`
  await stack.api.call('functions.create', { appid, name: 'all', source })
  const { url } = await eventually(async () => {
    const app = await stack.api.call('apps.get', { appid })
    return app.phase === 'running' && app
  }, 'a running app')
  await stack.api.call('functions.publish', { appid, name: 'all', source, baseRevision: 0 })
  const { status, text } = await visit(`${url}/all`)
  expect({ status, failed: JSON.parse(text) }).toEqual({ status: 200, failed: {} })
})
