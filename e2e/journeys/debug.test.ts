import { expect, test } from '../fixtures/test.ts'

const SOURCE = `interface Order {
  price: number
}

export default async function total() {
  const order: Order = { price: 20 }
  console.log('price is', order.price)
  const sum = order.price + 1
  return { sum }
}
`

test('debug: a breakpoint in the gutter, locals, steps, an expression, and the answer', async ({ lathe }) => {
  const { page } = lathe
  await lathe.createApp('Debugging')
  await lathe.createFunction('total')
  await lathe.writeSource(SOURCE)
  await lathe.clickGutter(7)
  const debug = page.getByRole('region', { name: 'Debug', exact: true })
  await page.getByRole('tab', { name: 'Debug' }).click()
  await expect(debug.getByRole('region', { name: 'Breakpoints' })).toContainText('total.ts:7')

  await lathe.button('Debug draft').click()
  const status = page.getByRole('status', { name: 'Debug status' })
  await expect(status).toContainText('Paused at total.ts:7 (breakpoint)')
  await expect(debug.getByRole('region', { name: 'Call stack' })).toContainText('total')
  const variables = debug.getByRole('region', { name: 'Variables' })
  await variables.getByRole('button', { name: 'order: {price: 20}' }).click()
  await expect(variables).toContainText('price: 20')

  await page.keyboard.press('F10')
  await expect(status).toContainText('Paused at total.ts:8 (step)')
  const expression = debug.getByRole('textbox', { name: 'Expression in this frame' })
  await expression.fill('order.price = 41')
  await expression.press('Enter')
  await expect(debug.getByRole('log', { name: 'Results' })).toContainText('41')
  const watch = debug.getByRole('textbox', { name: 'Add watch expression' })
  await watch.fill('order.price * 2')
  await watch.press('Enter')
  await expect(debug.getByRole('region', { name: 'Watch' })).toContainText('82')

  await page.keyboard.press('F8')
  await expect(lathe.runStatus).toContainText('200')
  await expect(lathe.response).toContainText('42')
  // What was written stands at the end of its line.
  await expect(lathe.editorRegion).toContainText('price is 20')

  await lathe.button('Stop debugging').click()
  await expect(status).toContainText('Not debugging')
})

test('debug: a condition by keyboard, a stop in another function opens it, and a closed page leaves nothing', async ({
  lathe,
}) => {
  const { page } = lathe
  await lathe.createApp('Conditions')
  await lathe.createFunction('util')
  await lathe.writeSource(
    'export function twice(n: number) {\n  const doubled = n * 2\n  return doubled\n}\n',
  )
  await lathe.editor.press('ControlOrMeta+Home')
  await lathe.editor.press('ArrowDown')
  await lathe.editor.press('F9')
  await page.getByRole('tab', { name: 'Debug' }).click()
  const debug = page.getByRole('region', { name: 'Debug', exact: true })
  await debug.getByRole('button', { name: 'Edit breakpoint util.ts:2' }).click()
  await page.getByRole('textbox', { name: 'Condition' }).fill('n === 2')
  await page.getByRole('button', { name: 'Set breakpoint' }).click()
  await lathe.createFunction('main')
  await lathe.writeSource(
    "import { twice } from '@/util'\n\nexport default async () => [1, 2, 3].map((n) => twice(n))\n",
  )
  await lathe.button('Debug draft').click()
  const status = page.getByRole('status', { name: 'Debug status' })
  await expect(status).toContainText('Paused at util.ts:2')
  await expect(page).toHaveURL(/\/functions\/util/)
  await expect(debug.getByRole('region', { name: 'Variables' })).toContainText(/n:\s*2/)
  await page.reload()
  await expect(status).toContainText('Not debugging')
  await expect(debug.getByRole('region', { name: 'Breakpoints' })).toContainText('n === 2')
})

test('debug: covered and missed lines show in the gutter after a run, until the text is edited', async ({
  lathe,
}) => {
  const { page } = lathe
  await lathe.createApp('Branches')
  await lathe.createFunction('branches')
  await lathe.writeSource(
    "export default async (ctx) => {\n  if (ctx.query.a) {\n    return 'never'\n  }\n  return 'always'\n}\n",
  )
  await lathe.button('Coverage').click()
  await lathe.button('Run draft').click()
  await expect(lathe.response).toContainText('always')
  await expect(lathe.editorRegion.locator('.line-missed')).toHaveCount(1)
  await expect(lathe.editorRegion.locator('.line-covered').first()).toBeVisible()
  await lathe.editor.press('ControlOrMeta+End')
  await page.keyboard.type('// edited')
  await expect(lathe.editorRegion.locator('.line-missed')).toHaveCount(0)
})
