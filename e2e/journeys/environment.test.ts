import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { answerOf, published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

const SOURCE = `export default async () => ({ key: process.env.API_KEY ?? null, url: process.env.API_URL ?? null })
`

async function expectNothingSerious(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
}

test('variables are added, kept secret, edited as text and in force at once', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Environment')
  await published(lathe, appid, 'read', SOURCE)
  const answer = () => answerOf(lathe, appid, 'read')
  expect(await answer()).toEqual({ key: null, url: null })

  await page.getByRole('link', { name: 'Environment variables' }).click()
  await expect(page.getByRole('heading', { name: 'No variables yet' })).toBeVisible()

  await lathe.button('Add the first one').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('PATH')
  await expect(dialog).toContainText('reserved')
  await expect(dialog.getByRole('button', { name: 'Save', exact: true })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('API_KEY')
  await dialog.getByRole('textbox', { name: 'Value' }).fill('top-secret-1')
  await expectNothingSerious(page)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('status', { name: 'Variables status' })).toContainText('In force on 1 of 1')
  expect(await answer()).toEqual({ key: 'top-secret-1', url: null })

  const row = page.getByRole('row', { name: /API_KEY/ })
  await expect(row).toContainText('secret')
  await page.reload()
  await expect(row).toContainText('secret')
  expect(await page.content()).not.toContain('top-secret-1')

  await lathe.button('Edit as .env').click()
  const text = dialog.getByRole('textbox')
  await expect(text).toHaveValue('API_KEY=••••••••\n')
  await text.press('ControlOrMeta+End')
  await page.keyboard.insertText('API_URL=https://api.example.com\n')
  await dialog.getByRole('checkbox', { name: 'New variables are secret' }).uncheck()
  await expect(dialog).toContainText(/Adds\s*API_URL/)
  await expectNothingSerious(page)
  await dialog.getByRole('button', { name: 'Save all' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row', { name: /API_URL/ })).toContainText('https://api.example.com')
  expect(await answer()).toEqual({ key: 'top-secret-1', url: 'https://api.example.com' })

  await page.getByRole('button', { name: 'Edit API_KEY' }).click()
  await expect(dialog.getByRole('textbox', { name: 'Value' })).toHaveValue('')
  await dialog.getByRole('textbox', { name: 'Value' }).fill('top-secret-2')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(dialog).toBeHidden()
  expect(await answer()).toMatchObject({ key: 'top-secret-2' })

  await page.getByRole('button', { name: 'Remove API_KEY' }).click()
  await expect(dialog.getByRole('button', { name: 'Remove variable' })).toBeDisabled()
  await dialog.getByRole('textbox').fill('API_KEY')
  await dialog.getByRole('button', { name: 'Remove variable' }).click()
  // The list is told of the change before all runtimes have it; the dialog stays until they do.
  await expect(dialog).toBeHidden()
  await expect(row).toBeHidden()
  expect(await answer()).toMatchObject({ key: null })

  await page.getByRole('button', { name: 'Remove API_URL' }).click()
  await expect(page.getByRole('heading', { name: 'No variables yet' })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('row', { name: /API_URL/ })).toContainText('https://api.example.com')
  await expect.poll(answer).toEqual({ key: null, url: 'https://api.example.com' })
})

test('by keyboard alone: a pasted .env becomes variables, and a bad line is named', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Pasted')
  await page.goto(`${lathe.url}/apps/${appid}/env`)
  await expect(lathe.button('Add variable')).toBeEnabled()
  await lathe.button('Add variable').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused()
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text', 'A=1\nthis is no assignment\nB="two words"\n')
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
  })
  const text = page.getByRole('textbox', { name: 'Variables as .env text' })
  await expect(text).toBeFocused()
  await expect(page.getByRole('dialog')).toContainText('line 2')
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText('A=1\nB="two words"\n')
  await expect(page.getByRole('dialog')).toContainText(/Adds\s*A B/)
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(page.getByRole('row', { name: /^A / })).toBeVisible()
  await expect(page.getByRole('row', { name: /^B / })).toBeVisible()
})
