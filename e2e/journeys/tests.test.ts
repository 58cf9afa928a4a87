import { expect, test } from '../fixtures/test.ts'

test('a case is saved by one click, runs against the draft, fails with a difference, and is deleted with undo', async ({
  lathe,
}) => {
  const { page } = lathe
  await lathe.createApp('Cases')
  await lathe.createFunction('greet')
  await lathe.writeSource('export default async () => ({ hello: "world", at: new Date().toISOString() })\n')
  await lathe.button('Run draft').click()
  await expect(lathe.runStatus).toContainText('200')
  await lathe.button('Save case').click()

  const tree = page.getByRole('tree', { name: 'Tests and cases' })
  const name = page.getByRole('textbox', { name: 'Case name' })
  await expect(name).toBeFocused()
  await name.fill('says hello')
  await name.press('Enter')
  const row = tree.getByRole('treeitem', { name: 'says hello' })
  await expect(row).toBeVisible()

  const status = page.getByRole('status', { name: 'Test status' })
  await lathe.button('Run all tests').click()
  await expect(status).toContainText('1 passed, 0 failed')

  await lathe.writeSource('export default async () => ({ hello: "moon", at: new Date().toISOString() })\n')
  await lathe.button('Run all tests').click()
  await expect(status).toContainText('0 passed, 1 failed')
  await row.click()
  const detail = page.getByRole('region', { name: 'Test result' })
  await expect(detail).toContainText('"hello": "world"')
  await expect(detail).toContainText('"hello": "moon"')

  await row.focus()
  await page.keyboard.press('Delete')
  await expect(row).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toBeVisible()
})

test('a file of tests runs with its function’s draft, jumps to the failing line, and watches', async ({
  lathe,
}) => {
  const { page } = lathe
  await lathe.createApp('Files')
  await lathe.createFunction('sum')
  await lathe.writeSource(
    'export const add = (a: number, b: number) => a - b\n\nexport default async () => ({ three: add(1, 2) })\n',
  )
  await lathe.createFunction('sum.test')
  await lathe.writeSource(
    "import { describe, it } from 'node:test'\nimport { expect, request } from '@lathe/cloud/test'\nimport { add } from './sum'\n\ndescribe('sum', () => {\n  it('adds', () => {\n    expect(add(1, 2)).toBe(3)\n  })\n  it('answers', async () => {\n    expect(await (await request('/sum')).json()).toEqual({ three: 3 })\n  })\n})\n",
  )
  await expect(lathe.button('Publish')).toBeHidden()
  await lathe.button('Run these tests').click()
  const status = page.getByRole('status', { name: 'Test status' })
  await expect(status).toContainText('0 passed, 2 failed')
  const tree = page.getByRole('tree', { name: 'Tests and cases' })
  await tree.getByRole('treeitem', { name: 'adds' }).click()
  const detail = page.getByRole('region', { name: 'Test result' })
  await expect(detail).toContainText('-1')
  await detail.getByRole('button', { name: 'Go to sum.test.ts:7' }).first().click()
  await expect(page).toHaveURL(/sum\.test\?.*line=7/)

  await page.getByRole('checkbox', { name: 'Watch' }).check()
  await lathe.tree.getByRole('treeitem', { name: 'sum', exact: true }).click()
  await expect(page).toHaveURL(/functions\/sum(\?|$)/)
  await expect(lathe.editorRegion).toContainText('a - b')
  await lathe.writeSource(
    'export const add = (a: number, b: number) => a + b\n\nexport default async () => ({ three: add(1, 2) })\n',
  )
  await expect(status).toContainText('2 passed, 0 failed')
})
