import { answerOf, published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

test('the history shows what changed between any two revisions, and one can be gone back to', async ({
  lathe,
}) => {
  const { page } = lathe
  const appid = await lathe.createApp('History')
  await lathe.createFunction('told')
  for (const text of ['first', 'second']) {
    await lathe.writeSource(`export default () => ({ told: '${text}' })\n`)
    await lathe.publish()
    await expect(lathe.publishStatus).toContainText(text === 'first' ? 'r1' : 'r2')
  }
  await lathe.writeSource("export default () => ({ told: 'third' })\n")

  await lathe.command('History of the function')
  const history = page.getByRole('dialog', { name: 'History of told' })
  // The draft beside what is live.
  await expect(history).toContainText("'third'")
  await expect(history).toContainText("'second'")
  await history.getByRole('list', { name: 'Revisions' }).getByRole('button', { name: /^r1/ }).click()
  await history.getByRole('combobox', { name: 'Compare with' }).selectOption('r2')
  await expect(history).toContainText("'first'")
  await expect(history).not.toContainText("'third'")
  await history.getByRole('button', { name: 'Make r1 live again' }).click()
  await expect(lathe.publishStatus).toContainText('r3 live in')
  expect(await answerOf(lathe, appid, 'told')).toEqual({ told: 'first' })
  // What was being typed stays.
  await expect(lathe.editorRegion).toContainText("'third'")
})

test('several drafts are published as one change, with their type errors before', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Several')
  await lathe.createFunction('ring/a')
  await lathe.writeSource(
    "import { b } from '@/ring/b'\nexport const a = 1\nexport default () => ({ sum: a + b })\n",
  )
  await lathe.createFunction('ring/b')
  await lathe.writeSource(
    "import { a } from '@/ring/a'\nexport const b: number = 'two'\nexport default () => ({ sum: a + b })\n",
  )
  await expect(lathe.editorRegion).toContainText('One error')
  await page.getByRole('button', { name: 'More for all functions' }).click()
  await page.getByRole('menuitem', { name: 'Publish several drafts' }).click()
  const dialog = page.getByRole('dialog', { name: 'Publish several drafts' })
  await expect(dialog.getByRole('region', { name: 'Problems' })).toContainText(
    "Type 'string' is not assignable",
  )
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await lathe.writeSource(
    "import { a } from '@/ring/a'\nexport const b = 2\nexport default () => ({ sum: a + b })\n",
  )
  await page.getByRole('button', { name: 'More for all functions' }).click()
  await page.getByRole('menuitem', { name: 'Publish several drafts' }).click()
  await expect(dialog).toContainText('No type errors')
  await dialog.getByRole('textbox', { name: 'Note' }).fill('a ring')
  await dialog.getByRole('button', { name: 'Publish 2 functions' }).click()
  await expect(dialog).toBeHidden()
  expect(await answerOf(lathe, appid, 'ring/a')).toEqual({ sum: 3 })
  expect(await answerOf(lathe, appid, 'ring/b')).toEqual({ sum: 3 })
})

test('an app that refuses type errors does not publish them, and says where they are', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Strict')
  await published(lathe, appid, 'typed', 'export default () => ({ n: 1 })\n')
  await page.goto(`${lathe.url}/apps/${appid}/settings`)
  await page.getByRole('radio', { name: 'Refuse to publish' }).click()
  await expect(page.getByRole('radio', { name: 'Refuse to publish' })).toBeChecked()
  await page.goto(`${lathe.url}/apps/${appid}/functions/typed`)
  await lathe.writeSource("const n: number = 'one'\nexport default () => ({ n })\n")
  await lathe.button('Publish').click()
  await expect(lathe.publishStatus).toContainText('refuse')
  await expect(lathe.problems).toContainText('typed.ts:1:7')
  expect(await answerOf(lathe, appid, 'typed')).toEqual({ n: 1 })
  await lathe.writeSource('const n: number = 2\nexport default () => ({ n })\n')
  await lathe.publish()
  expect(await answerOf(lathe, appid, 'typed')).toEqual({ n: 2 })
})
