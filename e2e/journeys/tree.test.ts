import { strToU8, zipSync } from 'fflate'
import { drafted, published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

test('functions are moved by drag and by keyboard, described, deleted and taken back', async ({ lathe }) => {
  const { page, tree } = lathe
  const appid = await lathe.createApp('Tree')
  for (const name of ['users/list', 'users/get', 'hello']) await drafted(lathe, appid, name)
  await page.goto(`${lathe.url}/apps/${appid}/functions/hello`)
  await expect(lathe.editor).toBeVisible()

  await tree.getByRole('treeitem', { name: 'hello' }).dragTo(tree.getByRole('treeitem', { name: 'users' }))
  await expect(page).toHaveURL(/functions\/users\/hello/)
  await expect(tree.getByRole('treeitem', { name: 'hello' })).toHaveAttribute('aria-level', '2')

  // A folder with all that is in it, by keyboard.
  await tree.getByRole('treeitem', { name: 'users' }).press('F2')
  const folder = page.getByRole('textbox', { name: 'Folder name' })
  await folder.fill('people')
  await folder.press('Enter')
  await expect(page).toHaveURL(/functions\/people\/hello/)
  await expect(tree.getByRole('treeitem', { name: 'people' })).toBeVisible()
  await expect(tree.getByRole('treeitem', { name: 'users' })).toBeHidden()

  await tree.getByRole('treeitem', { name: 'get' }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Details of the function' }).click()
  await page.getByRole('textbox', { name: 'Description' }).fill('One person')
  await page.getByRole('textbox', { name: 'Tags' }).fill('reading, people')
  await page.getByRole('checkbox', { name: 'GET' }).check()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('searchbox', { name: 'Filter functions' }).fill('reading')
  await expect(tree.getByRole('treeitem', { name: 'get' })).toBeVisible()
  await expect(tree.getByRole('treeitem', { name: 'list' })).toBeHidden()
  await page.getByRole('searchbox', { name: 'Filter functions' }).fill('')

  await tree.getByRole('treeitem', { name: 'list' }).click()
  await tree.getByRole('treeitem', { name: 'list' }).press('Delete')
  await expect(tree.getByRole('treeitem', { name: 'list' })).toBeHidden()
  await page.getByRole('button', { name: 'More for all functions' }).click()
  await page.getByRole('menuitem', { name: 'Recycle bin' }).click()
  await page.getByRole('button', { name: 'Restore people/list' }).click()
  await expect(page).toHaveURL(/functions\/people\/list/)
  await expect(tree.getByRole('treeitem', { name: 'list' })).toBeVisible()
})

test('find and replace reach all functions, and show every change before it is written', async ({
  lathe,
}) => {
  const { page } = lathe
  const appid = await lathe.createApp('Search')
  await published(lathe, appid, 'a', 'const colour = 1\nexport default () => colour\n')
  await published(lathe, appid, 'deep/b', 'const colours = 2\nexport default () => colours\n')
  await page.goto(`${lathe.url}/apps/${appid}/functions/a`)
  await expect(lathe.editorRegion).toContainText('colour')
  await page.keyboard.press('ControlOrMeta+Shift+F')
  const dialog = page.getByRole('dialog', { name: 'Find in all functions' })
  await dialog.getByRole('textbox', { name: 'Find' }).fill('colour')
  await expect(dialog.getByRole('status')).toContainText('4 places in 2 functions')
  await dialog.getByRole('button', { name: 'Whole word' }).click()
  await expect(dialog.getByRole('status')).toContainText('2 places in one function')
  await dialog.getByRole('button', { name: 'Whole word' }).click()
  await dialog.getByRole('button', { name: 'Regular expression' }).click()
  await dialog.getByRole('textbox', { name: 'Find' }).fill('colour(s?)')
  await dialog.getByRole('textbox', { name: 'Replace with' }).fill('color$1')
  await expect(dialog.getByRole('status')).toContainText('4 places')
  await dialog.getByRole('button', { name: 'Replace…' }).click()
  const review = page.getByRole('dialog', { name: /Replace/ })
  await review.getByRole('checkbox', { name: 'Change a' }).uncheck()
  await review.getByRole('button', { name: 'Change one function' }).click()
  await page.goto(`${lathe.url}/apps/${appid}/functions/deep/b`)
  await expect(lathe.editorRegion).toContainText('const colors = 2')
  await lathe.openFunction('a')
  await expect(lathe.editorRegion).toContainText('const colour = 1')

  // An expression that never ends is ended.
  await lathe.writeSource(`// ${'a'.repeat(40)}!\n`)
  await page.keyboard.press('ControlOrMeta+Shift+F')
  await dialog.getByRole('button', { name: 'Regular expression' }).click()
  await dialog.getByRole('textbox', { name: 'Find' }).fill('(a+)+$x')
  await expect(dialog).toContainText('takes too long')
})

test('functions come from zip files, and go into one; what is no name is refused', async ({ lathe }) => {
  const { page } = lathe
  await lathe.createApp('Transfer')
  await lathe.createFunction('kept')
  await lathe.command('Import functions')
  const source = 'export default () => ({ imported: true })\n'
  const zip = zipSync({
    'orders/list.ts': strToU8(source),
    '../outside.ts': strToU8(source),
    '/etc/passwd.ts': strToU8(source),
    'README.md': strToU8('# no function'),
  })
  const dialog = page.getByRole('dialog', { name: 'Import functions' })
  await dialog
    .getByLabel('Choose files')
    .first()
    .setInputFiles([{ name: 'app.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) }])
  await expect(dialog.getByRole('list', { name: 'Functions to import' })).toHaveText(/orders\/list/)
  await expect(dialog).toContainText('../outside.ts: not a function’s name')
  await expect(dialog).toContainText('/etc/passwd.ts: not a function’s name')
  await dialog.getByRole('button', { name: 'Import one function' }).click()
  await expect(page).toHaveURL(/functions\/orders\/list/)
  await expect(lathe.editorRegion).toContainText('imported: true')

  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'More for all functions' }).click()
  await page.getByRole('menuitem', { name: /Export/ }).click()
  const { unzipSync } = await import('fflate')
  const { readFile } = await import('node:fs/promises')
  const files = unzipSync(await readFile(await (await download).path()))
  expect(Object.keys(files).sort()).toEqual(['kept.ts', 'orders/list.ts', 'package.json'])
  expect(new TextDecoder().decode(files['orders/list.ts'])).toBe(source)
})
