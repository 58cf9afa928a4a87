import { drafted } from '../fixtures/published.ts'
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
