// `npm run bench [section ...]`: measures Lathe beside its peers and writes the results into bench/README.md.
// Sections: throughput, publish, startup, console, editor, dependencies, debug, trying, database, teams. Without names all run. CHROMIUM_PATH names the browser.
import { writeFileSync } from 'node:fs'
import { cpus, getPriority, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { consoleLoad } from './console.ts'
import { database } from './database.ts'
import { debugging } from './debug.ts'
import { dependencies } from './dependencies.ts'
import { editorAtWork } from './editor.ts'
import { BenchLathe } from './lib/lathe.ts'
import { table } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { publishing } from './publish.ts'
import { starting } from './startup.ts'
import { teams } from './teams.ts'
import { throughput } from './throughput.ts'
import { trying } from './trying.ts'

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5)
const sections: Record<string, (bench: BenchLathe) => Promise<Section>> = {
  throughput: (bench) => throughput(bench, ROUNDS),
  publish: publishing,
  startup: starting,
  console: (bench) => consoleLoad(bench, CHROMIUM),
  editor: (bench) => editorAtWork(bench, CHROMIUM),
  dependencies,
  debug: debugging,
  trying,
  database,
  teams: (bench) => teams(bench, CHROMIUM),
}

if (process.platform !== 'linux')
  throw new Error('The benchmarks read processor time from /proc: run them on Linux.')
const wanted = process.argv.slice(2)
const busy = loadavg()[0]!
const results: Section[] = []
for (const [name, measure] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`Measuring ${name} ...\n`)
  await using bench = await BenchLathe.start()
  const section = await measure(bench)
  process.stdout.write(`\n${section.text}\n\n`)
  results.push(section)
}

const machine = `${cpus().length} x ${cpus()[0]!.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux, Node ${process.version}`
const conditions =
  busy < 0.7
    ? 'Nothing else ran on it.'
    : `**The machine was busy with other work** (load average ${busy.toFixed(1)} on ${cpus().length} processors before the run${getPriority() < 0 ? ', benchmarks at raised priority' : ''}): times, rates and memory-bound work are worse than they would be on an idle one, and ratios within a table say more than the figures.`
const page = [
  '# Benchmarks',
  'Made by `npm run bench`, which starts a whole Lathe and its peers on this machine, measures them in turns and writes this page. Never part of the tests: figures depend on the machine and on what else it does.',
  `**${new Date().toISOString().slice(0, 10)}**, ${machine}. ${conditions}`,
  '## Aims',
  table(
    ['aim', 'measured', ''],
    results.flatMap(({ verdicts }) => verdicts),
  ),
  ...results.flatMap(({ title, text }) => [`## ${title}`, text]),
].join('\n\n')
if (wanted.length === 0) writeFileSync(fileURLToPath(new URL('README.md', import.meta.url)), `${page}\n`)
else process.stdout.write(`${page}\n`)
