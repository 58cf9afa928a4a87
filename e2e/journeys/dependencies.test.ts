import { startRegistry, type TestRegistry } from '../../apps/api/test/fixtures/registry.ts'
import type { Console } from '../fixtures/console.ts'
import { owner, startLatheProcess, temporaryData } from '../fixtures/lathe-process.ts'
import { test as base, expect, signedIn } from '../fixtures/test.ts'

const test = base.extend<{ shop: Console }, { registry: TestRegistry; address: string }>({
  registry: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of needed fixtures from this pattern
    async ({}, use) => {
      await using registry = await startRegistry()
      for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
        const files = { 'index.js': `module.exports = 'greetings ${version}'` }
        await registry.publish(
          { name: 'greetings', version, description: 'Says hello', license: 'MIT' },
          files,
        )
      }
      await registry.publish(
        { name: 'shouting', version: '1.0.0', types: 'index.d.ts' },
        {
          'index.js': 'exports.shout = (text) => text.toUpperCase()',
          'index.d.ts': 'export declare function shout(text: string): string',
        },
      )
      await use(registry)
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  address: [
    async ({ registry }, use) => {
      await using data = await temporaryData()
      const server = await startLatheProcess({
        LATHE_DATA: data.path,
        LATHE_OWNER_EMAIL: owner.email,
        LATHE_OWNER_PASSWORD: owner.password,
        LATHE_REGISTRY: registry.url,
      })
      await use(server.url)
      await server.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  shop: async ({ page, address }, use) => {
    await use(await signedIn(page, address))
  },
})

test('a package is searched, read about, installed, updated and removed', async ({ shop }) => {
  const { page } = shop
  const appid = await shop.createApp('deps')
  await page.getByRole('link', { name: 'Dependencies' }).click()
  await expect(page.getByRole('heading', { name: 'No dependencies yet' })).toBeVisible()

  await page.getByRole('button', { name: 'Add dependency' }).click()
  await page.getByRole('textbox', { name: 'Search packages' }).fill('greetings')
  const hit = page.getByRole('button', { name: 'greetings', exact: true })
  await expect(hit).toContainText('MIT')
  await page.keyboard.press('ArrowDown')
  await expect(hit).toBeFocused()
  await page.keyboard.press('Enter')
  await page.getByLabel('Version', { exact: true }).selectOption('1.0.0')
  await expect(page.getByRole('region', { name: 'What would come' })).toContainText('1 package')
  await page.getByRole('button', { name: 'Install' }).click()

  const status = page.getByRole('status', { name: 'Dependencies status' })
  await expect(status).toContainText('functions can import it now')
  const row = page.getByRole('row', { name: /greetings/ })
  await expect(row).toContainText('1.1.0')
  await expect(row).toContainText('^1.0.0')
  await expect(row).toContainText('not imported')

  await page.getByRole('button', { name: 'Update greetings to 2.0.0' }).click()
  await expect(row).toContainText('2.0.0')
  await expect(row).toContainText('^2.0.0')

  await page.getByRole('button', { name: 'Remove greetings' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'No dependencies yet' })).toBeVisible()
  expect(appid).toMatch(/^[a-z]/)
})

test('what cannot be installed says why, and a pasted package.json is installed', async ({ shop }) => {
  const { page } = shop
  await shop.createApp('paste')
  await page.getByRole('link', { name: 'Dependencies' }).click()
  await page.getByRole('button', { name: 'Paste package.json' }).click()
  const box = page.getByRole('textbox', { name: 'package.json' })
  await box.fill('{"dependencies": {"greetings": "^9.0.0"}}')
  await expect(page.getByRole('alert')).toContainText(['There is no version greetings@^9.0.0.'])
  await box.fill('{"dependencies": {"greetings": "file:../x"}}')
  await expect(page.getByText('greetings: file:../x cannot be installed')).toBeVisible()
  await box.fill('{"name": "x", "dependencies": {"greetings": "~1.0.0"}}')
  await page.getByRole('button', { name: 'Install' }).click()
  await expect(page.getByRole('row', { name: /greetings/ })).toContainText('1.0.0')
})

test('an import that leads nowhere is installed from the editor, and its types are there at once', async ({
  shop,
}) => {
  const { page } = shop
  await shop.createApp('quick fix')
  await shop.createFunction('loud')
  await shop.writeSource(
    "import { shout } from 'shouting'\nexport default () => shout('hello').length.trim()",
  )
  await page.getByRole('tab', { name: /Problems/ }).click()
  await expect(shop.problems).toContainText('The app has no package “shouting”')
  await shop.problems.getByRole('button', { name: /shouting/ }).click()
  await expect(shop.editor).toBeFocused()
  await page.keyboard.press('ControlOrMeta+Period')
  await page.getByRole('option', { name: /Install “shouting”/ }).click()

  await expect(shop.problems).toContainText("Property 'trim' does not exist on type 'number'")
  await expect(shop.problems).not.toContainText('no package')
  await shop.writeSource("import { shout } from 'shouting'\nexport default () => shout('hello')")
  await shop.button('Run draft').click()
  await expect(shop.runStatus).toContainText('200')
  await expect(shop.response).toContainText('HELLO')

  // No function imports it any more: it is offered all the same, with its import.
  await shop.writeSource('export default () => ')
  await page.keyboard.type('shou')
  const offered = page.locator('.suggest-widget .monaco-list-row.focused')
  // Asked again until the editor has heard what the package exports.
  await expect(async () => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('ControlOrMeta+Space')
    await expect(offered).toContainText('shouting', { timeout: 2_000 })
  }).toPass()
  await page.keyboard.press('Enter')
  await expect(shop.editorRegion).toContainText("import { shout } from 'shouting'")
})
