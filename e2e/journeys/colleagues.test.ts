import AxeBuilder from '@axe-core/playwright'
import { called, published } from '../fixtures/published.ts'
import { expect, signedIn, test } from '../fixtures/test.ts'

test('what a colleague changes shows by itself; a revision is talked about; a link leads to its line', async ({
  lathe,
  browser,
}) => {
  const { page, url } = lathe
  const appid = await lathe.createApp('Colleagues')
  await published(lathe, appid, 'told', 'export default () => {\n  // here\n  return 1\n}\n')
  await page.goto(`${url}/apps/${appid}/env`)
  await expect(page.getByRole('main')).toBeVisible()

  const context = await browser.newContext()
  const other = await signedIn(await context.newPage(), url)
  await other.page.goto(`${url}/apps/${appid}/functions/told#L3`)
  await expect(other.page).toHaveURL(/functions\/told\?line=3$/)
  await expect(other.editorRegion.locator('.active-line-number')).toHaveText('3')

  // Again until it is heard: nothing tells from outside when a page has begun to listen.
  await expect(async () => {
    await called(other.page, 'env.set', {
      appid,
      variables: [{ name: 'FROM_ELSEWHERE', value: 'v', secret: false }],
    })
    await expect(page.getByText('FROM_ELSEWHERE')).toBeVisible({ timeout: 2_000 })
  }).toPass()

  await other.command('History of the function')
  const history = other.page.getByRole('dialog', { name: 'History of told' })
  await history.getByRole('list', { name: 'Revisions' }).getByRole('button', { name: /^r1/ }).click()
  const comments = history.getByRole('region', { name: 'Comments on revision 1' })
  await expect(comments).toContainText('Nobody has said anything')
  await comments.getByRole('textbox', { name: 'Your comment' }).fill('Why one?')
  await comments.getByRole('button', { name: 'Comment', exact: true }).click()
  await expect(comments.getByRole('listitem')).toContainText('Why one?')
  const { violations } = await new AxeBuilder({ page: other.page }).include('[role=dialog]').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  await comments.getByRole('button', { name: /^Edit comment/ }).click()
  await comments.getByRole('textbox', { name: 'Your comment' }).first().fill('Why two?')
  await comments.getByRole('button', { name: 'Save comment' }).click()
  await expect(comments.getByRole('listitem')).toContainText('Why two?')
  await comments.getByRole('button', { name: /^Delete comment/ }).click()
  await expect(comments.getByRole('listitem')).toHaveCount(0)
  await context.close()
})
