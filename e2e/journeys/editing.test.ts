import { drafted, draftOf, published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

test('saving formats: the caret stays where it was, one undo takes it back, and what cannot be read is left', async ({
  lathe,
}) => {
  const { page } = lathe
  const appid = await lathe.createApp('Formatting')
  await drafted(lathe, appid, 'plain')
  await page.goto(`${lathe.url}/apps/${appid}/functions/plain`)
  await lathe.writeSource('export default   () => {\n      return {"hello":  1 };\n}\n')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('End')
  await expect(page.getByText('Ln 3, Col 2')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+S')
  await expect(lathe.editorRegion).toContainText('export default () => {')
  await expect(lathe.editorRegion).toContainText('return { hello: 1 }')
  await expect(page.getByText('Ln 3, Col 2')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+Z')
  await expect(lathe.editorRegion).toContainText('return {"hello": 1 };')

  await page.keyboard.press('Shift+Alt+F')
  await expect(lathe.editorRegion).toContainText('return { hello: 1 }')

  await lathe.writeSource('export default   () => {\n')
  await page.keyboard.press('Shift+Alt+F')
  await expect(lathe.editorRegion).toContainText("Not formatted: '}' expected.")
})

test('a snippet is filled in, all references are listed, and problems of functions that are not open are found', async ({
  lathe,
}) => {
  const { page } = lathe
  const appid = await lathe.createApp('Knowing')
  await published(lathe, appid, 'util', 'export const price = (cents: number) => cents / 100\n')
  await published(
    lathe,
    appid,
    'uses/it',
    "import { price } from '@/util'\n\nexport default () => price('ten')\n",
  )
  await drafted(lathe, appid, 'fresh')
  await page.goto(`${lathe.url}/apps/${appid}/functions/fresh`)
  await expect(page.getByText('TypeScript ready')).toBeVisible()

  await lathe.writeSource('// here\n')
  await page.keyboard.type('handl')
  const chosen = page.locator('.suggest-widget .monaco-list-row.focused')
  await expect(chosen).toContainText('handler')
  await page.keyboard.press('Enter')
  await expect(lathe.editorRegion).toContainText('export default async function (ctx: FunctionContext) {')

  await page.getByRole('tab', { name: 'Problems' }).click()
  await page.getByRole('radio', { name: 'Whole app' }).click()
  await expect(lathe.problems).toContainText('uses/it')
  await expect(lathe.problems).toContainText("Argument of type 'string' is not assignable")

  await lathe.openFunction('util')
  await expect(lathe.editorRegion).toContainText('cents')
  await lathe.editor.press('ControlOrMeta+Home')
  await page.keyboard.press('ControlOrMeta+ArrowRight')
  await page.keyboard.press('ControlOrMeta+ArrowRight')
  await page.keyboard.press('ControlOrMeta+ArrowRight')
  await expect(page.getByText('Ln 1, Col 19')).toBeVisible()
  await page.keyboard.press('Shift+F12')
  const references = page.locator('.reference-zone-widget')
  await expect(references).toContainText('util.ts')
  await expect(references).toContainText('it.ts')
})

test('with Vim’s keys one moves, changes and saves', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Vim')
  await published(lathe, appid, 'modal', 'export const a = 1\nexport const b = 2\n')
  const chosen = (value: 'On' | 'Off') =>
    page
      .getByRole('radiogroup', { name: 'Vim keys in the editor' })
      .getByRole('radio', { name: value, exact: true })
  const kept = () =>
    page.evaluate(
      async () => (await (await fetch('/trpc/account.preferences')).json()).result.data.vim as boolean,
    )
  await page.goto(`${lathe.url}/account`)
  await chosen('On').click()
  await expect.poll(kept).toBe(true)
  try {
    await page.goto(`${lathe.url}/apps/${appid}/functions/modal`)
    await expect(lathe.editorRegion).toContainText('--NORMAL--')
    await expect(lathe.editorRegion).toContainText('const a')
    await lathe.editor.press('Escape')
    await page.keyboard.type('ggdd')
    await expect(lathe.editorRegion).not.toContainText('const a')
    await page.keyboard.type('A // kept')
    await expect(lathe.editorRegion).toContainText('--INSERT--')
    await page.keyboard.press('Escape')
    await page.keyboard.type(':w')
    await page.keyboard.press('Enter')
    await expect.poll(() => draftOf(lathe, appid, 'modal')).toBe('export const b = 2 // kept\n')
  } finally {
    // The choice is kept with the account, which other journeys use too.
    await page.goto(`${lathe.url}/account`)
    await chosen('Off').click()
    await expect.poll(kept).toBe(false)
  }
})

test('files that are dropped onto the functions are imported', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Dropped')
  await drafted(lathe, appid, 'first')
  await page.goto(`${lathe.url}/apps/${appid}/functions/first`)
  await expect(lathe.tree.getByRole('treeitem', { name: 'first' })).toBeVisible()
  const files = await page.evaluateHandle(() => {
    const data = new DataTransfer()
    data.items.add(new File(['export default () => "dropped"\n'], 'landed.ts', { type: 'text/plain' }))
    return data
  })
  for (const event of ['dragenter', 'dragover', 'drop']) {
    await lathe.tree.dispatchEvent(event, { dataTransfer: files })
  }
  const dialog = page.getByRole('dialog', { name: 'Import functions' })
  await expect(dialog.getByRole('list', { name: 'Functions to import' })).toHaveText(/landed/)
  await dialog.getByRole('button', { name: 'Import one function' }).click()
  await expect(page).toHaveURL(/functions\/landed/)
  await expect(lathe.editorRegion).toContainText('dropped')
})
