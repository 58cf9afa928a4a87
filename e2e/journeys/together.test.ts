import { draftOf } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

test('two windows type at one draft: both are shown, nothing is lost, and each sees the other', async ({
  lathe,
  browser,
  server,
}) => {
  const { signedIn } = await import('../fixtures/test.ts')
  const appid = await lathe.createApp('Together')
  await lathe.createFunction('shared')
  await lathe.writeSource('export const one = 1\n\nexport default () => 0\n')
  await expect.poll(() => draftOf(lathe, appid, 'shared')).toContain('one = 1')

  const other = await signedIn(await (await browser.newContext()).newPage(), server.url)
  await other.page.goto(`${server.url}/apps/${appid}/functions/shared`)
  await expect(other.editorRegion).toContainText('const one')
  await expect(lathe.page.getByRole('status', { name: 'Who else is here' })).toContainText('another window')

  // A save elsewhere comes by itself while nothing is unsaved here.
  await lathe.writeSource('export const one = 11\n\nexport default () => 0\n')
  await expect(other.editorRegion).toContainText('11')

  // Offline, the other window writes; meanwhile this one saves.
  await other.page.context().setOffline(true)
  await other.writeSource('export const one = 11\n\nexport default () => 222\n')
  await expect(other.editorRegion).toContainText('Offline')
  await lathe.writeSource('export const one = 111\n\nexport default () => 0\n')
  await expect.poll(() => draftOf(lathe, appid, 'shared')).toContain('111')
  await other.page.context().setOffline(false)

  const merge = other.page.getByRole('dialog')
  await expect(merge).toContainText('edited elsewhere')
  await expect(merge).toContainText('do not touch each other')
  await expect(merge).toContainText('111')
  await expect(merge).toContainText('222')
  await merge.getByRole('button', { name: 'Keep as draft' }).click()
  await expect(lathe.editorRegion).toContainText('222')
  await expect(lathe.editorRegion).toContainText('111')
})
