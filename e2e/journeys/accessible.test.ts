import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures/test.ts'

for (const theme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on any page, ${theme}`, async ({ lathe }) => {
    test.slow() // one pass of axe per page takes its time on a busy machine
    const { page } = lathe
    await page.emulateMedia({ colorScheme: theme })
    const appid = await lathe.createApp(`Axe ${theme}`)
    await lathe.createFunction('hello')
    const pages = [
      '/apps',
      `/apps/${appid}/functions/hello`,
      `/apps/${appid}/logs`,
      `/apps/${appid}/logs?view=history`,
      `/apps/${appid}/logs?view=requests`,
      `/apps/${appid}/metrics`,
      `/apps/${appid}/triggers`,
      `/apps/${appid}/env`,
      `/apps/${appid}/dependencies`,
      `/apps/${appid}/settings`,
      '/apps?state=running',
      '/team',
      '/team/members',
      '/team/audit',
      '/team/tokens',
      '/account',
    ]
    for (const path of pages) {
      await page.goto(lathe.url + path)
      await expect(page.getByRole('main')).toBeVisible()
      if (path.includes('functions')) await expect(lathe.editor).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(
        serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
        path,
      ).toEqual([])
    }
  })
}

test('axe finds nothing serious in the dialogs of the workspace', async ({ lathe }) => {
  test.slow()
  const { page } = lathe
  await lathe.createApp('Axe dialogs')
  await lathe.createFunction('hello')
  await lathe.publish()
  const dialogs = [
    'History of the function',
    'Details of the function',
    'Find in all functions',
    'Publish several drafts',
    'Recycle bin',
    'Import functions',
  ]
  for (const title of dialogs) {
    await lathe.command(title)
    const dialog = page.getByRole('dialog')
    await expect(dialog).toBeVisible()
    const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(
      serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
      title,
    ).toEqual([])
    await page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
})
