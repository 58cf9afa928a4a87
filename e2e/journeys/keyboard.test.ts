import { expect, test } from '../fixtures/test.ts'

test('create, write, run, fix and publish by keyboard alone', async ({ lathe }) => {
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

  // What is refused says where; F8 goes there.
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText("const text: string = 'by keys'\nexport default async () => text +\n")
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect(lathe.publishStatus).toContainText('Not published')
  await expect(lathe.problems).toContainText('typed.ts')
  await lathe.editor.focus()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.insertText("  ', fixed'\n")
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect(lathe.publishStatus).toContainText(/live in \d+ ms/)
})
