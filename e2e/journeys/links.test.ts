import type { Locator, Page } from '@playwright/test'
import { Console } from '../fixtures/console.ts'
import { owner } from '../fixtures/lathe-process.ts'
import { called, published } from '../fixtures/published.ts'
import { expect, test } from '../fixtures/test.ts'

const SOURCE = `export default (ctx) => {
  console.log('order', ctx.query.id, 'came in')
  return { id: ctx.query.id }
}
`

/** What a button or a command has put on the clipboard. */
async function copied(page: Page, act: () => Promise<unknown>): Promise<string> {
  await page.evaluate(() => navigator.clipboard.writeText('nothing yet'))
  await act()
  const read = () => page.evaluate(() => navigator.clipboard.readText())
  await expect.poll(read).toContain('http')
  return read()
}

test('links to a line, an entry of the log, a run and a case open exactly there, after a sign-in, for members alone', async ({
  lathe,
  browser,
}) => {
  test.slow()
  const { page, url } = lathe
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const appid = await lathe.createApp('Linked')
  await published(lathe, appid, 'orders', SOURCE)
  await called(page, 'cases.save', {
    appid,
    functionName: 'orders',
    name: 'first-order',
    request: { method: 'GET', path: '', query: 'id=1', headers: {}, body: '' },
    expectations: [],
  })

  await page.goto(`${url}/apps/${appid}/functions/orders?line=2`)
  await expect(lathe.editorRegion.locator('.active-line-number')).toHaveText('2')
  const line = await copied(page, () => lathe.command('Copy link to this line'))
  await lathe.button('Run live').click()
  await expect(lathe.runStatus).toContainText('200')
  const run = await copied(page, () => lathe.button('Copy link to this run').click())
  await page.getByRole('tab', { name: 'Tests' }).last().click()
  const item = page.getByRole('tree', { name: 'Tests and cases' }).getByRole('treeitem')
  await item.filter({ hasText: 'first-order' }).click({ button: 'right' })
  const named = await copied(page, () =>
    page.getByRole('menuitem', { name: 'Copy link to this case' }).click(),
  )

  for (const id of [1, 2, 3]) {
    const headers = { host: `${appid}.${new URL(url).host}` }
    expect((await page.request.get(`${url}/orders?id=${id}`, { headers })).status()).toBe(200)
  }
  const rowOf = (lines: Locator) => lines.locator('[data-index]').filter({ hasText: 'order 2 came in' })
  const lines = (one: Page) => one.getByRole('log', { name: 'Console lines' })
  await page.goto(`${url}/apps/${appid}/logs?view=history`)
  await expect(async () => {
    await lathe.button('Refresh').click()
    await expect(lines(page)).toContainText('order 3 came in', { timeout: 2_000 })
  }).toPass()
  const copy = rowOf(lines(page)).getByRole('button', { name: 'Copy link to this entry' })
  const entry = await copied(page, () => copy.click())

  const other = await browser.newContext()
  const colleague = new Console(await other.newPage(), url)
  await colleague.page.goto(line)
  await expect(colleague.page).toHaveURL(/\/sign-in\?next=/)
  await colleague.page.getByRole('textbox', { name: 'Email' }).fill(owner.email)
  await colleague.page.getByRole('textbox', { name: 'Password' }).fill(owner.password)
  await colleague.button('Sign in').click()
  await expect(colleague.page).toHaveURL(line)
  await expect(colleague.editorRegion.locator('.active-line-number')).toHaveText('2')

  await colleague.page.goto(entry)
  await expect(lines(colleague.page).locator('[aria-current]')).toContainText('order 2 came in')
  await expect(lines(colleague.page)).not.toContainText('order 3')
  await colleague.button('Show newer entries').click()
  await expect(lines(colleague.page)).toContainText('order 3 came in')

  await colleague.page.goto(run)
  await expect(colleague.page.getByRole('complementary', { name: 'Request' })).toContainText('200')

  await colleague.page.goto(named)
  const selected = colleague.page.getByRole('treeitem', { selected: true, name: 'first-order' })
  await expect(selected).toBeVisible()
  await other.close()

  const stranger = await strangerIn(await browser.newContext(), lathe)
  for (const link of [line, entry, run, named]) {
    await stranger.goto(link)
    // Several parts of a page may say so for a moment.
    const refusals = stranger
      .getByRole('alert')
      .filter({ hasText: `There is no app ${appid}, or it is not yours.` })
    await expect(refusals.first()).toBeVisible()
    await expect(stranger.getByText('came in')).toHaveCount(0)
  }
  await stranger.context().close()
})

/** Somebody with an account and another team. */
async function strangerIn(
  context: Awaited<ReturnType<Page['context']>>,
  { page, url }: Console,
): Promise<Page> {
  const link = await page.evaluate(async () => {
    const call = async (name: string, input: unknown) => {
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(input) }
      return (await (await fetch(`/trpc/${name}`, init)).json()).result.data
    }
    const { id } = await call('teams.create', { name: 'strangers' })
    return (await call('invitations.create', { teamId: id, email: 'stranger@example.com', role: 'admin' }))
      .link
  })
  const token = new URL(link).searchParams.get('token')
  const joined = await context.request.post(`${url}/trpc/invitations.join`, {
    headers: { origin: url },
    data: { token, name: 'Stranger', password: 'a good password' },
  })
  expect(joined.status()).toBe(200)
  return context.newPage()
}
