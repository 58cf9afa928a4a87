import { type Browser, chromium, type Page } from '@playwright/test'
import { appOf, helpers, signIn, viewport } from './lib/console-pages.ts'
import { completionMs, keysToPaint, MONACO, pageMemory } from './lib/editor-page.ts'
import type { BenchLathe } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { median, percentile } from './lib/statistics.ts'

const FUNCTIONS = 200
const LINES = 2_000
const TABS = 30
const KEYS = 150
const ROUNDS = 5
const WORDS = ['JSON.', 'value1', 'Math.', 'helper', 'nanoi', 'process.', 'setT', 'Array.']
const PACKAGES = ['lodash', 'dayjs', 'axios', 'zod', 'nanoid']

/** The editor at work in an app of a working size: completions, typing, memory. */
export async function editorAtWork(bench: BenchLathe, executablePath: string): Promise<Section> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const lines = Array.from({ length: LINES }, (_, i) => `export const value${i} = (n: number) => n + ${i}`)
    const long: [string, string] = ['long', `${lines.join('\n')}\n`]
    const appid = await appOf(bench, 'working', [...helpers(FUNCTIONS - 1), long])
    await bench.call('dependencies.add', {
      appid,
      packages: PACKAGES.map((name) => ({ name, range: 'latest' })),
    })
    const { completions, keys, oneTabMb, tabsMb } = await work(bench, appid, browser)
    const completionP95 = percentile(completions, 0.95)
    const keyP95 = percentile(keys, 0.95)
    return {
      title: 'The editor at work',
      text: [
        `In an app of ${FUNCTIONS} functions and ${PACKAGES.length} packages (${PACKAGES.join(', ')}), in a function of ${figure(LINES)} lines; ${completions.length} completions of names, members and imports, ${KEYS} keys of code:`,
        table(
          ['', 'p50', 'p95'],
          [
            ['completion, ms from the key to the list', figure(median(completions)), figure(completionP95)],
            [
              'typing, ms from the key to the paint (steps of 8, from 16)',
              figure(median(keys)),
              figure(keyP95),
            ],
          ],
        ),
        `Memory of the page (PSS) with one tab ${figure(oneTabMb)} MB, with ${TABS} tabs ${figure(tabsMb)} MB.`,
      ].join('\n\n'),
      verdicts: [
        verdict('completion p95 <= 200 ms', `${figure(completionP95)} ms`, completionP95 <= 200),
        verdict('key to paint p95 <= 50 ms, 2,000 lines', `${figure(keyP95)} ms`, keyP95 <= 50),
      ],
    }
  } finally {
    await browser.close()
  }
}

async function work(bench: BenchLathe, appid: string, browser: Browser) {
  const storageState = await signIn(browser, bench.lathe.url)
  await using context = await browser.newContext({ storageState, viewport })
  const page = await context.newPage()
  const memory = await browser.newBrowserCDPSession()
  await page.goto(`${bench.lathe.url}/apps/${appid}/functions/long`)
  await page.getByText('TypeScript ready').waitFor({ timeout: 60_000 })
  await page.locator(MONACO.textbox).focus()
  for (const word of WORDS) await completionMs(page, word) // the first of each reads what it needs
  const oneTabMb = await pageMemory(memory)
  const completions: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    for (const word of WORDS) completions.push(await completionMs(page, word))
  }
  await page.keyboard.press('ControlOrMeta+End')
  const keys = await keysToPaint(page, KEYS)
  for (let i = 0; i < TABS - 1; i++) await openTab(page, `helper${i}`)
  return { completions, keys, oneTabMb, tabsMb: await pageMemory(memory) }
}

/** Opens a function by quick open, as people do. */
async function openTab(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+P')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox').fill(name)
  await dialog.getByRole('option', { name, exact: true }).click()
  await page
    .locator(MONACO.line)
    .filter({ hasText: `${name}(` })
    .first()
    .waitFor()
}
