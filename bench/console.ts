import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { barePages } from './lib/bare-pages.ts'
import { consoleBytes } from './lib/console-bytes.ts'
import { appOf, helpers, signIn, viewport } from './lib/console-pages.ts'
import { CODEMIRROR, MONACO, openAndType } from './lib/editor-page.ts'
import type { BenchLathe } from './lib/lathe.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { interleave, median } from './lib/statistics.ts'

const LOADS = 5

/** What the console sends, and how soon its editor can be typed into and completes, beside bare editors. */
export async function consoleLoad(bench: BenchLathe, executablePath: string): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'lathe-bench-editors-'))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    await using bare = await barePages(dir, ['monaco', 'codemirror'])
    const state = await signIn(browser, bench.lathe.url)
    // What is typed is saved as a draft: each load has a function of its own.
    const hellos = Array.from({ length: LOADS }, (_, i): [string, string] => [
      `hello${i}`,
      'export default () => 1\n',
    ])
    const small = await appOf(bench, 'small', hellos)
    const large = await appOf(bench, 'large', [...hellos, ...helpers(500 - LOADS)])
    const at = (appid: string) => (round: number) =>
      `${bench.lathe.url}/apps/${appid}/functions/hello${round}`
    const pages = [
      { name: 'bare CodeMirror', url: () => `${bare.url}/codemirror/`, places: CODEMIRROR, completes: false },
      { name: 'bare Monaco', url: () => `${bare.url}/monaco/`, places: MONACO, completes: true },
      { name: `Lathe, ${LOADS} functions`, url: at(small), places: MONACO, completes: true },
      { name: 'Lathe, 500 functions', url: at(large), places: MONACO, completes: true },
    ]
    const loads = await interleave(LOADS, pages, async ({ url, places, completes }, round) => {
      await using context = await browser.newContext({ storageState: state, viewport })
      return await openAndType(context, url(round), places, completes)
    })
    const typed = pages.map((page) => median(loads.get(page)!.map(({ typedMs }) => typedMs)))
    const completed = pages.map((page) =>
      median(loads.get(page)!.map(({ completedMs }) => completedMs ?? Number.NaN)),
    )
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
      ].join('\n\n'),
      verdicts: [
        verdict('shell <= 150 kB gzip', kB(bytes.shell), bytes.shell <= 150_000),
        verdict('editor typed into <= 1.2x bare Monaco (empty cache)', `${figure(ratio)}x`, ratio <= 1.2),
        verdict('500 functions open in under 1 s more than a handful', `${figure(more)} ms`, more < 1_000),
      ],
    }
  } finally {
    await browser.close()
    await rm(dir, { recursive: true, force: true })
  }
}
