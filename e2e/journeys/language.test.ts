import type { Page } from '@playwright/test'
import type { Console } from '../fixtures/console.ts'
import { published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

const UTIL = 'export function formatPrice(cents: number): string {\n  return (cents / 100).toFixed(2)\n}\n'
const TOTAL = "import { formatPrice } from '@/util'\n\nexport default () => formatPrice(4200)\n"

/** An app whose functions import one another, with one of them open and the language service ready. */
async function appWithImports(lathe: Console, name: string): Promise<string> {
  const appid = await lathe.createApp(name)
  await published(lathe, appid, 'util', UTIL)
  await published(lathe, appid, 'orders/total', TOTAL)
  await published(lathe, appid, 'main', 'export default () => 1\n')
  await lathe.page.goto(`${lathe.url}/apps/${appid}/functions/main`)
  await expect(lathe.editorRegion).toContainText('export default')
  await expect(lathe.page.getByText('TypeScript ready')).toBeVisible()
  await lathe.page.getByRole('tab', { name: 'Problems' }).click()
  return appid
}

/** The suggestion that is chosen by Enter. */
const suggestion = (page: Page) => page.locator('.suggest-widget .monaco-list-row.focused')

test('a completion brings its import; a quick fix does; imports are tidied', async ({ lathe }) => {
  await appWithImports(lathe, 'Completions')
  const { page } = lathe
  await lathe.writeSource('export default () => ')
  await page.keyboard.type('formatPr')
  await expect(suggestion(page)).toContainText('formatPrice')
  await expect(suggestion(page)).toContainText('@/util')
  await page.keyboard.press('Enter')
  await expect(lathe.editorRegion).toContainText("import { formatPrice } from '@/util'")

  // Signature help and what is known of Node come from the same service.
  await lathe.writeSource('export default () => formatPrice(1)\n')
  await page.keyboard.press('ControlOrMeta+Home')
  await expect(lathe.problems).toContainText('formatPrice')
  await page.keyboard.press('ArrowRight')
  for (let column = 0; column < 24; column++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ControlOrMeta+.')
  await page.getByText(/Add import from/).click()
  await expect(lathe.editorRegion).toContainText("import { formatPrice } from '@/util'")
  await expect(lathe.problems).toContainText('No problems')

  await lathe.writeSource(
    "import { readFile } from 'node:fs/promises'\nimport { formatPrice } from '@/util'\n\nexport default () => formatPrice(1)\n",
  )
  await page.keyboard.press('Shift+Alt+O')
  await expect(lathe.editorRegion).not.toContainText('readFile')
  await expect(lathe.editorRegion).toContainText('formatPrice(1)')
})

test('a definition is gone to, and a symbol renamed in all functions as one change that is looked at', async ({
  lathe,
}) => {
  const appid = await appWithImports(lathe, 'Rename')
  const { page } = lathe
  await lathe.openFunction('total')
  await expect(lathe.editorRegion).toContainText('4200')
  await lathe.editor.click()
  await page.keyboard.press('ControlOrMeta+Home')
  await page.keyboard.press('ControlOrMeta+ArrowRight')
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('F12')
  await expect(page).toHaveURL(/functions\/util/)
  await expect(lathe.editorRegion).toContainText('cents')

  await page.keyboard.press('F2')
  // Monaco shows the box a tenth of a second before the keys go to it: what is pressed before that is typed over the source.
  const box = page.locator('.rename-box input, .rename-input')
  await expect(box).toBeFocused()
  await expect(box).toHaveValue('formatPrice')
  await box.fill('asPrice')
  await box.press('Enter')
  const review = page.getByRole('dialog', { name: 'Rename formatPrice to asPrice' })
  await expect(review.getByRole('list', { name: 'Functions that change' })).toContainText('orders/total')
  await expect(review.getByRole('list', { name: 'Functions that change' })).toContainText('util')
  await review.getByRole('button', { name: 'Change 2 functions' }).click()
  await expect(lathe.editorRegion).toContainText('asPrice')

  // The other one is a draft on the server, though its text was never shown.
  await page.goto(`${lathe.url}/apps/${appid}/functions/orders/total`)
  await expect(lathe.editorRegion).toContainText('asPrice(4200)')
  await expect(lathe.problems).toContainText('No problems')
})
