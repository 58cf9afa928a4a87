import { published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

test('the dashboard shows what happens as it happens: requests, errors, a new name, a stop, without a reload', async ({
  lathe,
}) => {
  const { page, url } = lathe
  const appid = await lathe.createApp('Busy')
  await published(lathe, appid, 'broken', 'export default () => { throw new Error("no") }')
  await page.goto(`${url}/apps`)
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Busy' }) })
  await expect(card).toContainText('no requests in the last hour')

  const host = `${appid}.${new URL(url).host}`
  await expect
    .poll(async () => (await page.request.get(`${url}/broken`, { headers: { host } })).status())
    .toBe(500)
  await expect(card).toContainText(/1 error/)

  await page.evaluate(async (appid) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ appid, name: 'Renamed elsewhere' })
    await fetch('/trpc/apps.rename', { method: 'POST', headers, body })
  }, appid)
  await expect(page.getByRole('heading', { name: 'Renamed elsewhere' })).toBeVisible()

  await page.getByText('Table', { exact: true }).click()
  const row = page.getByRole('row').filter({ hasText: 'Renamed elsewhere' })
  await expect(row).toContainText('running')
  await row.getByRole('button', { name: 'Keep Renamed elsewhere first' }).click()
  await page.getByRole('combobox', { name: 'State' }).selectOption('stopped')
  await expect(row).toHaveCount(0)
  await page.getByRole('combobox', { name: 'State' }).selectOption('with errors')
  await expect(row).toBeVisible()
  await page.getByText('Cards', { exact: true }).click()

  await page.getByRole('link', { name: 'More about the team' }).click()
  await expect(page.getByRole('region', { name: 'Functions that fail' })).toContainText('broken')
  await expect(page.getByRole('region', { name: 'Recent activity' })).toContainText('apps.rename')

  await page.getByRole('link', { name: 'Audit' }).click()
  await page.getByRole('searchbox').fill('Renamed elsewhere')
  await expect(page.getByRole('row').filter({ hasText: 'apps.rename' })).toContainText('127.0.0.1')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'CSV' }).click()
  expect((await download).suggestedFilename()).toBe('audit.csv')
})
