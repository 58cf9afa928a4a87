import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Browser, type BrowserContext, chromium } from '@playwright/test'
import { type BenchLathe, owner } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { median, percentile } from './lib/statistics.ts'

const LOADS = 7
const DIST = fileURLToPath(new URL('../apps/console/dist', import.meta.url))

/** What the console sends before anything is seen, and how soon its editor can be typed into. */
export async function consoleLoad(bench: BenchLathe, executablePath: string): Promise<Section> {
  const { appid } = await bench.createApp('editor')
  await bench.createFunction(appid, 'hello', 'export default () => 1\n')
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const state = await signIn(browser, bench.lathe.url)
    const cold: number[] = []
    const warm: number[] = []
    for (let i = 0; i < LOADS; i++) {
      const context = await browser.newContext({
        storageState: state,
        viewport: { width: 1440, height: 900 },
      })
      cold.push(await timeToType(context, `${bench.lathe.url}/apps/${appid}/functions/hello`))
      warm.push(await timeToType(context, `${bench.lathe.url}/apps/${appid}/functions/hello`))
      await context.close()
    }
    const shell = shellBytes()
    const rows = [
      ['empty cache', figure(median(cold)), figure(percentile(cold, 0.95))],
      ['second visit', figure(median(warm)), figure(percentile(warm, 0.95))],
    ]
    return {
      title: 'The console',
      text: [
        `Shell (the page, and the scripts and styles that it names): ${figure(shell / 1000)} kB gzip. From the navigation to a character typed into the editor and shown, ${LOADS} loads in headless Chromium:`,
        table(['', 'median ms', 'p95 ms'], rows),
      ].join('\n\n'),
      verdicts: [
        verdict('shell < 200 kB gzip', `${figure(shell / 1000)} kB`, shell < 200_000),
        verdict('editor typed into < 1.5 s (empty cache)', `${figure(median(cold))} ms`, median(cold) < 1500),
      ],
    }
  } finally {
    await browser.close()
  }
}

async function signIn(browser: Browser, url: string) {
  const context = await browser.newContext()
  const response = await context.request.post(`${url}/api/auth/sign-in/email`, {
    headers: { origin: url },
    data: owner,
  })
  if (!response.ok()) throw new Error(`sign-in failed: ${await response.text()}`)
  const state = await context.storageState()
  await context.close()
  return state
}

/** Milliseconds from the navigation until a typed character stands in the editor. */
async function timeToType(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage()
  const startedAt = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  const editor = page.getByRole('region', { name: 'Editor' })
  await editor.locator('.view-line').first().click({ timeout: 30_000 })
  await page.keyboard.type('Q')
  await editor.getByText('Q', { exact: false }).first().waitFor()
  const elapsed = performance.now() - startedAt
  await page.close()
  return elapsed
}

/** The page and what it loads before any of our code decides: its scripts, preloads and styles, gzip. */
function shellBytes(): number {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8')
  const names = [...html.matchAll(/(?:src|href)="\/?([^"]+\.(?:js|css))"/g)].map(([, name]) => name!)
  const files = names.map((name) => readFileSync(join(DIST, name)))
  if (files.length === 0) throw new Error(`no scripts in ${readdirSync(DIST).join(', ')}`)
  return [Buffer.from(html), ...files].reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0)
}
