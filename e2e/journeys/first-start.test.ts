import { expect, test } from '@playwright/test'
import { Console } from '../fixtures/console.ts'
import { owner, startLatheProcess, temporaryData } from '../fixtures/lathe-process.ts'

const SOURCE = `import type { FunctionContext } from '@lathe/cloud'

export default async function (ctx: FunctionContext) {
  console.log('greeting', ctx.query.name)
  return { hello: ctx.query.name ?? 'world' }
}
`

test('from the one-time link to a function that answers, and all is there after a restart', async ({
  browser,
}) => {
  await using data = await temporaryData()
  const first = await startLatheProcess({ LATHE_DATA: data.path })
  const context = await browser.newContext()
  const page = await context.newPage()
  const lathe = new Console(page, first.url)

  expect(first.signInLink).not.toBeNull()
  await page.goto(first.signInLink!)
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(owner.name)
  await page.getByRole('textbox', { name: 'Email' }).fill(owner.email)
  await page.getByRole('textbox', { name: 'Password' }).fill(owner.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(/\/apps$/)

  const appid = await lathe.createApp('Shop')
  await lathe.createFunction('hello')
  await lathe.writeSource(SOURCE)

  await page.getByRole('textbox', { name: 'Query' }).fill('name=draft')
  await lathe.button('Run draft').click()
  await expect(lathe.runStatus).toContainText('200')
  await expect(lathe.response).toContainText('"draft"')
  await expect(lathe.console).toContainText('greeting draft')

  // A visitor's tab: the browser resolves *.localhost, as no setting of the machine has to.
  const visitor = await context.newPage()
  const visit = async (query: string) =>
    (await visitor.goto(`${first.url.replace('localhost', `${appid}.localhost`)}/hello?name=${query}`))!
  expect((await visit('early')).status(), 'a run publishes nothing').toBe(404)

  await lathe.publish()
  const answer = await visit('live')
  expect(answer.status()).toBe(200)
  expect(await answer.json()).toEqual({ hello: 'live' })
  expect(await first.stop()).toBe(0)

  const second = await startLatheProcess({ LATHE_DATA: data.path, LATHE_PORT: new URL(first.url).port })
  expect(second.signInLink, 'an account exists').toBeNull()
  expect(await (await visit('again')).json()).toEqual({ hello: 'again' })
  await page.reload()
  await expect(lathe.editorRegion).toContainText('greeting')
  expect(await second.stop('SIGINT')).toBe(0)
})
