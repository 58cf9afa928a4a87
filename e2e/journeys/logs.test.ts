import type { Console } from '../fixtures/console.ts'
import { published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

const SOURCE = `export default async (ctx) => {
  console.log('order', ctx.query.id, 'came in')
  if (ctx.query.id === '13') throw new Error('card declined')
  return { id: ctx.query.id }
}
`

/** An app whose function writes and sometimes fails. */
async function publishOrders(
  lathe: Console,
): Promise<{ appid: string; order: (id: number) => Promise<number> }> {
  const appid = await lathe.createApp('Orders')
  await published(lathe, appid, 'orders', SOURCE)
  const { host } = new URL(lathe.url)
  const order = async (id: number) => {
    const headers = { host: `${appid}.${host}` }
    return (await lathe.page.request.get(`${lathe.url}/orders?id=${id}`, { headers })).status()
  }
  return { appid, order }
}

test('follow the log, search what is stored, open the request behind a line, and try it again', async ({
  lathe,
}) => {
  const { page } = lathe
  const { appid, order } = await publishOrders(lathe)
  await page.goto(`${lathe.url}/apps/${appid}/logs`)
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
  const lines = page.getByRole('log', { name: 'Console lines' })

  // Live, and paused.
  await order(1)
  await expect(lines).toContainText('order 1 came in')
  await lathe.button('Pause').click()
  await order(2)
  await expect(page.getByRole('status').filter({ hasText: 'Paused, 1 new line' })).toBeVisible()
  await expect(lines).not.toContainText('order 2')
  await lathe.button('Go on').click()
  await expect(lines).toContainText('order 2 came in')

  // History: what is searched for stands in the address.
  expect(await order(13)).toBe(500)
  await page.getByRole('radio', { name: 'History' }).click()
  await expect(lines).toContainText('order 13 came in')
  await page.getByRole('searchbox', { name: 'Search lines' }).fill('DECLINED')
  await expect(lines).not.toContainText('came in')
  await expect(lines).toContainText('card declined')
  await expect(page).toHaveURL(/q=DECLINED/)
  await lathe.button('Regular expression').click()
  await page.getByRole('searchbox').fill('order \\d came')
  await expect(lines).toContainText('order 2 came in')
  await expect(lines).not.toContainText('order 13')
  await page.reload()
  await expect(lines).toContainText('order 2 came in')
  await expect(lines).not.toContainText('order 13')

  // Requests: the failed one, with its lines.
  await page.getByRole('radio', { name: 'Requests' }).click()
  const requests = page.getByRole('list', { name: 'Requests' }).getByRole('listitem')
  await expect(requests).toHaveCount(3)
  await page.getByRole('combobox', { name: 'Status' }).selectOption('5xx')
  await expect(requests).toHaveCount(1)
  await requests.getByRole('button').click()
  const opened = page.getByRole('complementary', { name: 'Request' })
  await expect(opened).toContainText('500')
  await expect(opened).toContainText('order 13 came in')
  await expect(opened).toContainText('card declined')
  const link = page.url()

  // The same address opens the same request; from there it goes into the run panel.
  await page.goto(`${lathe.url}/apps`)
  await page.goto(link)
  await expect(opened).toContainText('order 13 came in')
  await opened.getByRole('button', { name: 'Open in the panel' }).click()
  await expect(page).toHaveURL(/\/functions\/orders/)
  // As it was sent, so it fails as it did.
  await lathe.button('Run live').click()
  await expect(lathe.runStatus).toContainText('500')
})

test('see requests, errors and latencies as charts, as a table, and on the app’s card', async ({ lathe }) => {
  const { page } = lathe
  const { appid, order } = await publishOrders(lathe)
  for (const id of [1, 2, 13]) await order(id)
  await page.goto(`${lathe.url}/apps/${appid}/metrics`)
  const figure = (name: string) =>
    page.getByRole('definition').and(page.locator(`dt:text-is("${name}") + dd`))
  await expect(figure('Requests')).toHaveText('3')
  await expect(figure('Errors')).toContainText('1')
  await expect(page.locator('figure canvas')).toHaveCount(4)
  await expect(page.getByRole('row', { name: /^orders 3 1 33%/ })).toBeVisible()

  await lathe.button('As a table').click()
  const table = page.getByRole('region', { name: 'As a table' })
  // The three may stand on both sides of a minute's end.
  const sum = async (column: number) =>
    (await table.locator(`tbody td:nth-child(${column})`).allTextContents())
      .map(Number)
      .reduce((a, b) => a + b, 0)
  await expect.poll(() => sum(2)).toBe(3)
  expect(await sum(4)).toBe(1)
  await page.getByRole('radio', { name: '30d' }).click()
  await expect(page).toHaveURL(/range=30d/)
  await expect(figure('Requests')).toHaveText('3')
  await lathe.button('orders').click()
  await expect(page).toHaveURL(/fn=orders/)
  await expect(figure('Requests')).toHaveText('3')

  await page.goto(`${lathe.url}/apps`)
  const card = page.getByRole('listitem').filter({ hasText: `${appid}.` })
  await expect(card).toContainText('3 requests/h')
  await expect(card).toContainText('1 error')
})
