import AxeBuilder from '@axe-core/playwright'
import { drafted, published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

const SOURCE = `export default async (ctx) => {
  console.log('called by', ctx.trigger)
  return { by: ctx.trigger, kind: ctx.body?.kind }
}
`

test('a published function gets a trigger: its next ticks, a run now, its history', async ({ lathe }) => {
  const { page } = lathe
  const appid = await lathe.createApp('Clockwork')
  await page.getByRole('link', { name: 'Triggers' }).click()
  await expect(page.getByRole('heading', { name: 'No triggers yet' })).toBeVisible()
  await expect(lathe.button('New trigger')).toBeDisabled()
  await drafted(lathe, appid, 'later')
  await page.reload()
  await expect(page.getByRole('main')).toContainText('Publish a function first')
  await expect(page.getByRole('link', { name: 'Go to the functions' })).toBeVisible()
  await published(lathe, appid, 'nightly', SOURCE)
  await page.reload()

  await lathe.button('New trigger').click()
  const dialog = page.getByRole('dialog')
  const choice = dialog.getByRole('combobox', { name: 'Function' })
  await expect(choice).toHaveValue('nightly')
  await expect(choice.getByRole('option', { name: 'later (not published)' })).toBeDisabled()
  await dialog.getByRole('combobox', { name: 'Schedule' }).selectOption('Weekdays at 9:00')
  await expect(dialog.getByRole('textbox', { name: 'Cron expression' })).toHaveValue('0 9 * * 1-5')
  await dialog.getByRole('combobox', { name: 'Time zone' }).fill('Asia/Shanghai')
  await expect(dialog.getByRole('list', { name: 'Next' }).getByRole('listitem')).toHaveCount(3)
  await expect(dialog.getByRole('list', { name: 'Next' })).toContainText('09:00:00')
  await dialog.getByRole('textbox', { name: 'Cron expression' }).fill('61 * * * *')
  await expect(dialog).toContainText('Not a cron expression')
  await dialog.getByRole('textbox', { name: 'Cron expression' }).fill('30 9 * * 1-5')
  await expect(dialog.getByRole('list', { name: 'Next' })).toContainText('09:30:00')
  await dialog.getByRole('textbox', { name: 'Body' }).fill('{ "kind": "nightly" }')
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
  await dialog.getByRole('button', { name: 'Create trigger' }).click()
  await expect(dialog).toBeHidden()

  const row = page.getByRole('list', { name: 'Triggers' }).getByRole('listitem').first()
  await expect(row).toContainText('30 9 * * 1-5')
  await expect(row).toContainText('Asia/Shanghai')
  await expect(row.getByRole('list', { name: 'Next' }).getByRole('listitem')).toHaveCount(3)

  await page.getByRole('button', { name: 'Run nightly now' }).click()
  const history = page.getByRole('region', { name: /last ticks of nightly/ })
  await expect(history.getByRole('row').nth(1)).toContainText(/ok\s*200/)
  await expect(history).toContainText('run by owner')
  await expect(history.getByRole('row').nth(1)).toContainText('ms')

  await page.getByRole('switch', { name: 'Trigger of nightly is on' }).click()
  await expect(row).toContainText('Switched off')
  await page.reload()
  await expect(page.getByRole('switch', { name: 'Trigger of nightly is on' })).not.toBeChecked()

  await page.getByRole('link', { name: 'Logs' }).click()
  await expect(page.getByRole('main')).toContainText('called by cron')

  await page.goBack()
  await page.getByRole('button', { name: 'Delete the trigger of nightly' }).click()
  await dialog.getByRole('button', { name: 'Delete trigger' }).click()
  await expect(page.getByRole('heading', { name: 'No triggers yet' })).toBeVisible()
})

test('a stopped app says that its ticks are skipped, and run now refuses with the reason', async ({
  lathe,
}) => {
  const { page } = lathe
  const appid = await lathe.createApp('Asleep')
  await published(lathe, appid, 'job', 'export default async () => 1\n')
  await page.goto(`${lathe.url}/apps/${appid}/triggers`)
  await lathe.button('New trigger').click()
  await page.getByRole('dialog').getByRole('button', { name: 'Create trigger' }).click()
  await expect(page.getByRole('button', { name: 'Run job now' })).toBeVisible()

  await page.goto(`${lathe.url}/apps/${appid}/settings`)
  await lathe.button('Stop').click()
  await expect(page.getByText('stopped', { exact: true }).first()).toBeVisible()
  await page.goto(`${lathe.url}/apps/${appid}/triggers`)
  await expect(page.getByRole('main')).toContainText('The app is stopped: ticks are skipped')
  await page.getByRole('button', { name: 'Run job now' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'The app is stopped' })).toBeVisible()
  await lathe.button('Start').click()
  await expect(page.getByRole('main')).not.toContainText('ticks are skipped')
})
