import { expect, test } from '../fixtures/test.ts'

test('a syntax error is refused with its place, and the fixed source goes live', async ({ lathe }) => {
  await lathe.createApp('Errors')
  await lathe.createFunction('broken')
  await lathe.writeSource('export default async function () {\n  return { a: \n}\n')
  await lathe.button('Publish').click()
  await expect(lathe.problems).toContainText('broken.ts')
  await expect(lathe.problems).toContainText(/\b3\b/)

  await lathe.writeSource('export default async () => ({ fixed: true })\n')
  await lathe.publish()
})

test('an error thrown by a draft shows its place in the TypeScript source', async ({ lathe }) => {
  await lathe.createApp('Throws')
  await lathe.createFunction('orders/total')
  await lathe.writeSource(
    'interface Order { price: number }\n\nexport default async () => {\n  const orders: Order[] | undefined = undefined\n  return orders!.map((o: Order) => o.price)\n}\n',
  )
  await lathe.button('Run draft').click()
  await expect(lathe.runStatus).toContainText('500')
  await expect(lathe.console).toContainText('orders/total.ts:5')
})

test('lines stream into the console while the draft runs, and Cancel ends the run', async ({ lathe }) => {
  await lathe.createApp('Streams')
  await lathe.createFunction('slow')
  await lathe.writeSource(
    "export default async (ctx) => {\n  console.log('begun')\n  await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))\n  console.log('aborted')\n}\n",
  )
  await lathe.button('Run draft').click()
  await expect(lathe.console).toContainText('begun')
  await lathe.button('Cancel').click()
  await expect(lathe.button('Run draft')).toBeEnabled()
})

test('a function imports another function, drafts included', async ({ lathe }) => {
  await lathe.createApp('Imports')
  await lathe.createFunction('util')
  await lathe.writeSource('export const double = (n: number) => n * 2\n')
  await lathe.createFunction('main')
  await lathe.writeSource(
    "import { double } from '@/util'\n\nexport default async () => ({ four: double(2) })\n",
  )
  await lathe.button('Run draft').click()
  await expect(lathe.response).toContainText('4')
})

test('two people publish: the second sees both sources and loses nothing', async ({
  lathe,
  browser,
  server,
}) => {
  const { signedIn } = await import('../fixtures/test.ts')
  const appid = await lathe.createApp('Two')
  await lathe.createFunction('shared')
  await lathe.writeSource('export default async () => 0\n')
  await lathe.publish()

  const other = await signedIn(await (await browser.newContext()).newPage(), server.url)
  await other.page.goto(`${server.url}/apps/${appid}/functions/shared`)
  await expect(other.editorRegion).toContainText('0')

  // What is published elsewhere comes by itself while nothing is unsaved; so the other one types while cut off.
  await other.page.context().setOffline(true)
  await other.writeSource('export default async () => 2\n')
  await lathe.writeSource('export default async () => 1\n')
  await lathe.publish()
  await other.page.context().setOffline(false)
  await other.button('Publish').click()

  const merge = other.page.getByRole('dialog')
  await expect(merge).toBeVisible()
  await expect(merge).toContainText('=> 1')
  await expect(merge).toContainText('=> 2')
})
