import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '../fixtures/test.ts'

const ECHO = `export default async (ctx) => {
  console.log('asked with', { body: ctx.body, circle: null as unknown, get secret() { throw new Error('ran') } })
  console.warn('%d files', ctx.files.length)
  return { token: ctx.headers['x-token'], title: ctx.body?.title, files: ctx.files.map((f) => [f.originalname, f.size]), user: ctx.user?.uid }
}
`

test('a form with a file, a secret variable and a user of the app reach the function; the run is sent again', async ({
  lathe,
}) => {
  const { page } = lathe
  await lathe.createApp('Panel')
  await lathe.createFunction('echo')
  await lathe.writeSource(ECHO)
  await page.getByRole('combobox', { name: 'Method' }).selectOption('POST')
  await page.getByRole('tab', { name: 'Headers' }).click()
  await page.getByLabel('Name 1').fill('x-token')
  await page.getByLabel('Value 1').fill('{{token}}')
  await expect(page.getByText('{{token}} is sent as it stands')).toBeVisible()

  await page.getByRole('combobox', { name: 'Variables' }).selectOption({ label: 'Edit sets…' })
  const sets = page.getByRole('dialog', { name: 'Variables for requests' })
  await sets.getByRole('textbox', { name: 'Name of the set' }).fill('staging')
  await sets.getByRole('textbox', { name: 'Name 1' }).fill('token')
  await sets.getByLabel('Value 1').fill('sesame')
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  await sets.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(sets).toBeHidden()
  await expect(page.getByText('is sent as it stands')).toBeHidden()

  await page.getByRole('tab', { name: 'Body' }).click()
  await page.getByRole('combobox', { name: 'Kind of body' }).selectOption('multipart')
  await page.getByRole('textbox', { name: 'Name 1' }).fill('title')
  await page.getByRole('textbox', { name: 'Value 1' }).fill('Größe')
  await page
    .locator('input[type=file]')
    .nth(1)
    .setInputFiles({ name: 'a b.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(4321, 255) })
  await expect(page.getByText('a b.bin')).toBeVisible()
  await page.getByRole('tab', { name: 'Auth' }).click()
  await page.getByRole('radio', { name: 'User of the app' }).click()
  await page.getByRole('textbox', { name: 'Claims of the user' }).fill('{"uid":"ada"}')

  await lathe.button('Run draft').click()
  await expect(lathe.runStatus).toContainText('200')
  for (const text of ['"sesame"', '"Größe"', '["a b.bin", 4321]', '"ada"']) {
    await expect(lathe.response).toContainText(text)
  }

  await expect(lathe.console).toContainText('1 files')
  await lathe.console.getByRole('button', { name: /body/ }).click()
  await expect(lathe.console).toContainText('(get, not run)')
  await page.getByRole('combobox', { name: 'Level' }).selectOption({ label: 'Warnings and above' })
  await expect(lathe.console).not.toContainText('asked with')
  await expect(lathe.console).toContainText('1 files')

  await lathe.button('History').click()
  const history = page.getByRole('dialog', { name: 'Runs of echo' })
  await expect(history.getByRole('listitem')).toHaveCount(1)
  await history.getByRole('button', { name: 'Send again' }).click()
  await expect(history).toBeHidden()
  await lathe.button('History').click()
  await expect(history.getByRole('listitem')).toHaveCount(2)
})

const LARGE = `const rows = Array.from({ length: 100_000 }, (_, id) => ({ id, name: 'row ' + id, tags: ['a', 'b'], at: { x: id / 3, text: 'so that it is long enough to be spread' } }))
export default (ctx) => {
  if (ctx.query.cut) return (async function* () { yield 'a needle, another Needle\\n'; await new Promise((resolve) => setTimeout(resolve, 100)); throw new Error('torn') })()
  if (ctx.query.html) return new Response('<h1>Shown</h1><script>document.body.textContent = "ran"</script>', { headers: { 'content-type': 'text/html' } })
  for (let i = 0; i < 10_000; i++) console.log('line', i, { i })
  return rows
}
`

test('ten thousand lines and a response of many megabytes leave the page at work; HTML runs nothing', async ({
  lathe,
}) => {
  test.slow() // much is written, sent and drawn
  const { page } = lathe
  await lathe.createApp('Large')
  await lathe.createFunction('large')
  await lathe.writeSource(LARGE)
  await lathe.button('Run draft').click()
  await expect(lathe.runStatus).toContainText('200', { timeout: 60_000 })
  const tree = page.getByRole('tree', { name: 'Response as JSON' })
  await expect(tree).toBeVisible({ timeout: 60_000 })
  await expect(tree).toContainText('"row 0"')
  await tree.press('End')
  await expect(tree).toContainText('"row 99999"')
  const find = page.getByRole('searchbox', { name: 'Find in the response' })
  await find.fill('row 54321')
  await expect(lathe.response).toContainText('1 found')
  await find.press('Enter')
  await expect(tree).toContainText('"row 54321"')
  await lathe.button('Fold all').click()
  await expect(tree).not.toContainText('"row')

  await expect(lathe.console).toContainText('line 9999')
  await page.getByRole('searchbox', { name: 'Filter lines' }).fill('line 4321')
  await expect(lathe.console.getByRole('log')).toContainText('line 4321')
  await expect(lathe.console.getByRole('log')).not.toContainText('line 4322')

  // Before there is a frame without scripts, in which axe cannot look.
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

  // A stream that breaks shows what came, and that it broke; one finds in it, and in its headers.
  await page.getByRole('textbox', { name: 'Query' }).fill('cut=1')
  await lathe.button('Run draft').click()
  await expect(lathe.response.getByRole('alert')).toContainText('broke off')
  await expect(lathe.response).toContainText('a needle')
  await page.getByRole('radio', { name: 'Raw' }).click()
  await find.fill('needle')
  await expect(lathe.response).toContainText('2 found')
  await page.getByRole('radio', { name: 'Response headers' }).click()
  await find.fill('x-request-id')
  await expect(lathe.response).toContainText('1 found')

  await page.getByRole('textbox', { name: 'Query' }).fill('html=1')
  await lathe.button('Run draft').click()
  await page.getByRole('radio', { name: 'Preview' }).click()
  const frame = page.getByTitle('Preview')
  await expect(frame).toHaveAttribute('sandbox', '')
  await expect(frame.contentFrame().getByRole('heading', { name: 'Shown' })).toBeVisible()
})

const SOCKET = `export default (ctx) => {
  const { data } = ctx.params
  if (ctx.method === 'WebSocket:message') ctx.socket.send(typeof data === 'string' ? 'said ' + data : data.reverse())
}
`

test('a WebSocket function is talked to', async ({ lathe }) => {
  const { page } = lathe
  await lathe.createApp('Socket')
  await lathe.createFunction('__websocket__')
  await lathe.writeSource(SOCKET)
  await expect(lathe.button('Connect')).toBeDisabled()
  await lathe.publish()
  await lathe.button('Connect').click()
  await expect(lathe.response).toContainText('Connected')
  const message = page.getByRole('textbox', { name: 'Message', exact: true })
  await message.fill('hello')
  await message.press('Enter')
  await expect(lathe.response).toContainText('said hello')
  await page.getByRole('combobox', { name: 'Kind of message' }).selectOption({ label: 'Hex' })
  await message.fill('01 02 f')
  await expect(lathe.button('Send')).toBeDisabled()
  await message.fill('01 02 ff')
  await message.press('Enter')
  await expect(lathe.response).toContainText('ff 02 01')
  await lathe.button('Disconnect').click()
  await expect(lathe.response).toContainText('Closed: 1000')
})
