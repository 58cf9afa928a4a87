import { expect, test } from '../fixtures/test.ts'

test('create, write, run and publish by keyboard alone', async ({ lathe }) => {
  const { page } = lathe
  await page.goto(`${lathe.url}/apps`)
  await page.getByRole('button', { name: 'New app' }).first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'App name' })).toBeFocused()
  await page.keyboard.type('Keys')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/apps\/[a-z0-9]{6}/)

  await page.getByRole('button', { name: 'New function' }).first().focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('textbox', { name: 'Function name' })).toBeFocused()
  await page.keyboard.type('typed')
  await page.keyboard.press('Enter')
  await expect(lathe.editor).toBeVisible()

  await lathe.editor.focus()
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText("export default async () => 'by keys'\n")
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(lathe.runStatus).toContainText('200')
  await expect(lathe.response).toContainText('by keys')
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect(lathe.publishStatus).toContainText(/live in \d+ ms/)
})
