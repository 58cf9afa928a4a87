// Takes a picture of every page in both themes and two sizes: `node e2e/pictures.ts <folder>`. For looking at, and for the README.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { Console } from './fixtures/console.ts'
import { owner, startLatheProcess, temporaryData } from './fixtures/lathe-process.ts'
import { published } from './fixtures/published.ts'
import config from './playwright.config.ts'

const SOURCE = `import type { FunctionContext } from '@lathe/cloud'
import { slugify } from '@/util'

interface Order {
  title: string
  quantity: number
}

// Called by POST /checkout
export default async function checkout(ctx: FunctionContext) {
  const orders: Order[] = ctx.body?.orders ?? [{ title: 'Oak Chair', quantity: 2 }]
  console.log('loaded', orders.length, 'orders')
  if (orders.some(({ quantity }) => quantity > 1)) console.warn('more than one of a kind')
  return { id: slugify(orders[0]?.title ?? ''), orders }
}
`
const UTIL = `export const slugify = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
`

const folder = process.argv[2] ?? 'test-results/pictures'
await mkdir(folder, { recursive: true })

await using data = await temporaryData()
const server = await startLatheProcess({
  LATHE_DATA: data.path,
  LATHE_OWNER_EMAIL: owner.email,
  LATHE_OWNER_PASSWORD: owner.password,
})
const browser = await chromium.launch(config.use!.launchOptions)
try {
  const appid = await prepareApp(browser)
  for (const colorScheme of ['dark', 'light'] as const) {
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
      [800, 900],
    ] as const) {
      await picturesOf(browser, appid, colorScheme, { width, height })
    }
  }
} finally {
  await browser.close()
  await server.stop()
}

async function prepareApp(browser: Browser): Promise<string> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const lathe = new Console(page, server.url)
  await lathe.signIn(owner.email, owner.password)
  for (const [name, of] of [
    ['blog', 'export default () => "post"'],
    [
      'image-proxy',
      'export default (ctx) => { if (ctx.query.n % 9 === 0) throw new Error("gone"); return 1 }',
    ],
  ] as const) {
    const appid = await lathe.createApp(name)
    await published(lathe, appid, 'answer', of)
    await visited(lathe, appid, 'answer', name === 'blog' ? 40 : 25)
  }
  const appid = await lathe.createApp('shop-api')
  for (const name of ['orders/list', 'orders/create', 'users/login']) await lathe.createFunction(name)
  await lathe.createFunction('util')
  await lathe.writeSource(UTIL)
  await lathe.publish()
  await lathe.createFunction('checkout')
  await lathe.writeSource(SOURCE)
  await lathe.publish()
  await visited(lathe, appid, 'checkout', 120)
  await page.close()
  return appid
}

async function visited({ page, url }: Console, appid: string, name: string, times: number): Promise<void> {
  const headers = { host: `${appid}.${new URL(url).host}` }
  for (let n = 0; n < times; n++) await page.request.get(`${url}/${name}?n=${n}`, { headers })
}

async function picturesOf(
  browser: Browser,
  appid: string,
  colorScheme: 'dark' | 'light',
  viewport: { width: number; height: number },
): Promise<void> {
  const context = await browser.newContext({ colorScheme, viewport })
  const page = await context.newPage()
  const shoot = async (name: string) => {
    await page.waitForTimeout(1_000) // what comes late is in the picture
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${viewport.width}.png`) })
  }
  await page.goto(`${server.url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor()
  await shoot('sign-in')
  const lathe = new Console(page, server.url)
  await lathe.signIn(owner.email, owner.password)
  await page.getByText('shop-api').first().waitFor()
  await shoot('apps')
  await page.goto(`${server.url}/apps/${appid}/functions/checkout`)
  await lathe.editor.waitFor()
  await page.getByText('TypeScript ready').waitFor()
  if (viewport.width >= 900) {
    await lathe.button('Run draft').click()
    await lathe.runStatus.getByText('200').waitFor()
    await lathe.console.getByText('loaded').waitFor()
  }
  await shoot('workspace')
  for (const name of ['dependencies', 'metrics', 'logs', 'triggers', 'env', 'settings']) {
    await page.goto(`${server.url}/apps/${appid}/${name}`)
    await page.getByRole('main').waitFor()
    await shoot(name)
  }
  for (const name of ['team', 'account']) {
    await page.goto(`${server.url}/${name}`)
    await page.getByRole('main').waitFor()
    await shoot(name)
  }
  await context.close()
}
