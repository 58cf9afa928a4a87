import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { barePages } from './lib/bare-pages.ts'
import { consoleBytes } from './lib/console-bytes.ts'
import { completionMs, keysToPaint, openAndType, pageMemory } from './lib/editor-page.ts'
import { type BenchLathe, owner } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { interleave, median, percentile } from './lib/statistics.ts'

const LOADS = 5
const TABS = 30
const COMPLETIONS = 40
const KEYS = 150
const AT_ONCE = 25
const PACKAGES = ['lodash', 'dayjs', 'axios', 'zod', 'nanoid']
const VIEW_LINE = '.monaco-editor .view-line'

/** What the console sends, how soon its editor can be typed into and completes, and how it does with a large app. */
export async function consoleLoad(bench: BenchLathe, executablePath: string): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'lathe-bench-editors-'))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    await using bare = await barePages(dir, ['monaco', 'codemirror'])
    const state = await signIn(browser, bench.lathe.url)
    const empty = await appOf(bench, 'small', 0)
    const large = await appOf(bench, 'large', 500)
    // What is typed is saved as a draft: each load has a function of its own.
    const at = (appid: string) => (round: number) =>
      `${bench.lathe.url}/apps/${appid}/functions/hello${round}`
    const pages = [
      { name: 'bare CodeMirror', url: () => `${bare.url}/codemirror/`, line: '.cm-line', completes: false },
      { name: 'bare Monaco', url: () => `${bare.url}/monaco/`, line: VIEW_LINE, completes: true },
      { name: 'Lathe, a small app', url: at(empty), line: VIEW_LINE, completes: true },
      { name: 'Lathe, 500 functions', url: at(large), line: VIEW_LINE, completes: true },
    ] as const
    const loads = await interleave(LOADS, pages, async (page, round) => {
      await using context = await browser.newContext({ storageState: state, viewport })
      return openAndType(context, page.url(round), page)
    })
    const typed = pages.map((page) => median(loads.get(page)!.map(({ typedMs }) => typedMs)))
    const completed = pages.map((page) =>
      median(loads.get(page)!.map(({ completedMs }) => completedMs ?? NaN)),
    )
    const work = await atWork(bench, browser, state)
    const bytes = consoleBytes()
    const kB = (size: number) => `${figure(size / 1000)} kB`
    const ratio = typed[2]! / typed[1]!
    const more = typed[3]! - typed[2]!
    return {
      title: 'The console',
      text: [
        `Gzip: the shell (the page, and the scripts and styles that it names) ${kB(bytes.shell)}, of which scripts ${kB(bytes.shellScripts)}; the editor ${kB(bytes.editor)}; its workers ${kB(bytes.editorWorker)} and ${kB(bytes.typescriptWorker)} (TypeScript); the formatter, when one first formats, ${kB(bytes.formatter)}.`,
        `From the navigation, with an empty cache, to a character typed into the editor and shown, and to the first list of completions; ${LOADS} loads in turns in headless Chromium, medians:`,
        table(
          ['', 'typed into, ms', 'first completion, ms'],
          pages.map(({ name }, i) => [name, figure(typed[i]!), figure(completed[i]!)]),
        ),
        `At work in an app of 200 functions and ${PACKAGES.length} packages (${PACKAGES.join(', ')}), in a function of 2,000 lines:`,
        table(
          ['', 'p50', 'p95'],
          [
            ['completion, ms from the key to the list', ...both(work.completions)],
            ['typing, ms from the key to the paint (steps of 8, from 16)', ...both(work.keys)],
          ],
        ),
        `Memory of the page (PSS) with one tab ${figure(work.oneTabMb)} MB, with ${TABS} tabs ${figure(work.tabsMb)} MB.`,
      ].join('\n\n'),
      verdicts: [
        verdict('shell <= 150 kB gzip', kB(bytes.shell), bytes.shell <= 150_000),
        verdict('editor typed into <= 1.2x bare Monaco (empty cache)', `${figure(ratio)}x`, ratio <= 1.2),
        verdict('500 functions open in under 1 s more than a handful', `${figure(more)} ms`, more < 1_000),
        verdict(
          'completion p95 <= 200 ms',
          `${figure(percentile(work.completions, 0.95))} ms`,
          percentile(work.completions, 0.95) <= 200,
        ),
        verdict(
          'key to paint p95 <= 50 ms, 2,000 lines',
          `${figure(percentile(work.keys, 0.95))} ms`,
          percentile(work.keys, 0.95) <= 50,
        ),
      ],
    }
  } finally {
    await browser.close()
    await rm(dir, { recursive: true, force: true })
  }
}

const viewport = { width: 1440, height: 900 }
type State = Awaited<ReturnType<typeof signIn>>

/** Completions, typing and memory in an app of a working size. */
async function atWork(bench: BenchLathe, browser: Browser, state: State) {
  const appid = await appOf(bench, 'working', 200)
  await bench.call('dependencies.add', {
    appid,
    packages: PACKAGES.map((name) => ({ name, range: 'latest' })),
  })
  const lines = Array.from({ length: 2_000 }, (_, i) => `export const value${i} = (n: number) => n + ${i}`)
  await bench.call('functions.create', { appid, name: 'long', source: `${lines.join('\n')}\n` })
  await using context = await browser.newContext({ storageState: state, viewport })
  const page = await context.newPage()
  const memory = await browser.newBrowserCDPSession()
  await page.goto(`${bench.lathe.url}/apps/${appid}/functions/long`)
  await page.getByText('TypeScript ready').waitFor({ timeout: 60_000 })
  await page.locator(VIEW_LINE).first().click()
  const oneTabMb = await pageMemory(memory)
  const words = ['JSON.', 'value1', 'Math.', 'helper', 'nanoi', 'process.', 'setT', 'Array.']
  for (const word of words) await completionMs(page, word) // the first of each reads what it needs
  const completions: number[] = []
  for (let i = 0; i < COMPLETIONS; i++) completions.push(await completionMs(page, words[i % words.length]!))
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('// ')
  const keys = await keysToPaint(page, KEYS)
  for (let i = 0; i < TABS - 1; i++) {
    await page.keyboard.press('ControlOrMeta+P')
    await page.getByRole('combobox').fill(`helper${i}`)
    await page.getByRole('option', { name: `helper${i}`, exact: true }).click()
    await page
      .locator(VIEW_LINE)
      .filter({ hasText: `helper${i}(` })
      .waitFor()
  }
  return { completions, keys, oneTabMb, tabsMb: await pageMemory(memory) }
}

/** An app with a function for each load and so many others, as drafts. */
async function appOf(bench: BenchLathe, name: string, functions: number): Promise<string> {
  const { appid } = await bench.createApp(name)
  const hellos = Array.from({ length: LOADS }, (_, i) => [`hello${i}`, 'export default () => 1\n'])
  const helpers = Array.from({ length: functions }, (_, i) => [
    `helper${i}`,
    `export function helper${i}(n: number): number {\n  return n + ${i}\n}\n\nexport default () => helper${i}(1)\n`,
  ])
  const all = [...hellos, ...helpers]
  while (all.length > 0) {
    const some = all.splice(0, AT_ONCE)
    await Promise.all(some.map(([name, source]) => bench.call('functions.create', { appid, name, source })))
  }
  return appid
}

async function signIn(browser: Browser, url: string) {
  await using context = await browser.newContext()
  const response = await context.request.post(`${url}/api/auth/sign-in/email`, {
    headers: { origin: url },
    data: owner,
  })
  if (!response.ok()) throw new Error(`sign-in failed: ${await response.text()}`)
  return context.storageState()
}

function both(samples: number[]): [string, string] {
  return [figure(median(samples)), figure(percentile(samples, 0.95))]
}
