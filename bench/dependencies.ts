import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pnpmProgram } from '../apps/api/src/packages/pnpm.ts'
import type { BenchLathe } from './lib/lathe.ts'
import { load } from './lib/load.ts'
import { figure, table, verdict } from './lib/markdown.ts'
import type { Section } from './lib/section.ts'
import { interleave, median } from './lib/statistics.ts'

const ROUNDS = 5
const APPS = 20
const LOAD_SECONDS = 15
const TEN = ['lodash', 'nanoid', 'zod', 'ms', 'semver', 'uuid', 'qs', 'dayjs', 'yaml', 'cookie']
const BLOCK = 512

type Store = 'cold' | 'warm'

/** Adding lodash to a running app, beside the package managers alone; what twenty apps with the same packages take. */
export async function dependencies(bench: BenchLathe): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'lathe-bench-deps-'))
  try {
    const shared = join(bench.lathe.data.root, 'packages', 'shared')
    const things = ['Lathe, after its receipt', 'Lathe, called without', 'pnpm add', 'npm install'] as const
    const measure = async (thing: (typeof things)[number], store: Store) => {
      const wipe = store === 'cold' ? shared : null
      if (thing === 'Lathe, after its receipt') return addToApp(bench, wipe, true)
      if (thing === 'Lathe, called without') return addToApp(bench, wipe, false)
      return thing === 'pnpm add' ? pnpmAdd(dir, store) : npmInstall(dir, store)
    }
    const cold = await interleave(ROUNDS, things, (thing) => measure(thing, 'cold'))
    const warm = await interleave(ROUNDS, things, (thing) => measure(thing, 'warm'))
    const { errors, requests } = await underLoad(bench)
    const disk = await twentyApps(bench)
    const of = (results: typeof cold, thing: (typeof things)[number]) =>
      median(results.get(thing)!.map(({ totalMs }) => totalMs))
    const rows = things.map((thing) => [thing, figure(of(cold, thing)), figure(of(warm, thing))])
    const ratio = of(warm, 'Lathe, after its receipt') / of(warm, 'pnpm add')
    const after = median(warm.get('Lathe, after its receipt')!.map(({ afterMs }) => afterMs))
    return {
      title: 'Dependencies',
      text: [
        `\`lodash\` into a running app, from the call until it is installed, beside the package managers in an empty folder, in turns, medians of ${ROUNDS}. In the console a receipt is shown before Install can be clicked, and what it has resolved is what is installed; a program that calls \`dependencies.add\` without one waits for that too:`,
        table(['', 'cold store ms', 'warm store ms'], rows),
        `A function that imports it was live ${figure(after)} ms after that. Of ${requests} requests served while packages were added, ${errors} failed.`,
        `${APPS} apps with the same ${TEN.length} packages: ${figure(disk.all / 1e6)} MB on disk; one app alone: ${figure(disk.one / 1e6)} MB.`,
      ].join('\n\n'),
      verdicts: [
        verdict(
          'add lodash, click to installed, warm store <= 1.3x pnpm add',
          `${figure(ratio)}x`,
          ratio <= 1.3,
        ),
        verdict('importable < 300 ms after it', `${figure(after)} ms`, after < 300),
        verdict('no request failed while adding', `${errors}`, errors === 0),
        verdict(
          `${APPS} apps, disk used once (<= 1.2x)`,
          `${figure(disk.all / disk.one)}x`,
          disk.all / disk.one <= 1.2,
        ),
      ],
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

interface Added {
  totalMs: number
  /** From the end of the install to the answer of a publish that imports the package. */
  afterMs: number
}

/**
 * @param wipe the shared store, to be emptied before; null leaves it
 * @param receipt show the receipt first, as the console does before Install can be clicked
 */
async function addToApp(bench: BenchLathe, wipe: string | null, receipt: boolean): Promise<Added> {
  const { appid } = await bench.createApp('add')
  await bench.createFunction(appid, 'before', 'export default () => 1')
  await bench.call('functions.create', { appid, name: 'after' })
  if (wipe) await rm(wipe, { recursive: true, force: true })
  const packages = [{ name: 'lodash', range: 'latest' }]
  if (receipt) await bench.query('dependencies.receipt', { appid, packages })
  const startedAt = performance.now()
  await bench.call('dependencies.add', { appid, packages })
  const addedAt = performance.now()
  await bench.publish(appid, 'after', "import _ from 'lodash'\nexport default () => _.VERSION", 0)
  return { totalMs: addedAt - startedAt, afterMs: performance.now() - addedAt }
}

async function pnpmAdd(dir: string, store: Store): Promise<Added> {
  const home = store === 'cold' ? await mkdtemp(join(dir, 'pnpm-')) : join(dir, 'pnpm-warm')
  const args = ['add', 'lodash', '--ignore-scripts', '--store-dir', join(home, 'store')]
  args.push(`--config.cache-dir=${join(home, 'cache')}`)
  return timed(dir, pnpmProgram(), args)
}

async function npmInstall(dir: string, store: Store): Promise<Added> {
  const cache = store === 'cold' ? await mkdtemp(join(dir, 'npm-')) : join(dir, 'npm-warm')
  const args = ['install', 'lodash', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', cache]
  return timed(dir, 'npm', [...args, ...(store === 'warm' ? ['--prefer-offline'] : [])])
}

async function timed(dir: string, command: string, args: string[]): Promise<Added> {
  const cwd = await mkdtemp(join(dir, 'project-'))
  await writeFile(join(cwd, 'package.json'), '{"private": true}')
  await writeFile(join(cwd, 'pnpm-workspace.yaml'), '{}')
  const startedAt = performance.now()
  await promisify(execFile)(command, args, { cwd })
  return { totalMs: performance.now() - startedAt, afterMs: 0 }
}

async function underLoad(bench: BenchLathe): Promise<{ errors: number; requests: number }> {
  const { appid } = await bench.createApp('under load')
  await bench.createFunction(appid, 'f', 'export default () => 1')
  const target = { port: bench.lathe.port, host: '127.0.0.1' }
  const changing = async () => {
    for (const name of TEN.slice(0, 4)) {
      await bench.call('dependencies.add', { appid, packages: [{ name, range: 'latest' }] })
    }
    await bench.call('dependencies.add', { appid, packages: [{ name: 'lodash', range: '4.17.21' }] })
  }
  const plan = { target, host: bench.host(appid), method: 'GET', path: '/f', body: null }
  const [traffic] = await Promise.all([
    load({ ...plan, connections: 16, seconds: LOAD_SECONDS, rate: 200 }),
    changing(),
  ])
  return traffic
}

/** Bytes on disk that the packages of one app and of all take; what hard links share counts once. */
async function twentyApps(bench: BenchLathe): Promise<{ one: number; all: number }> {
  const folders: string[] = []
  for (let i = 0; i < APPS; i++) {
    const { appid } = await bench.createApp(`same ${i}`)
    await bench.call('apps.stop', { appid })
    const packages = TEN.map((name) => ({ name, range: 'latest' }))
    await bench.call('dependencies.add', { appid, packages })
    folders.push(join(bench.lathe.data.root, 'packages', 'apps', appid))
  }
  return { one: await diskBytes(folders.slice(0, 1)), all: await diskBytes(folders) }
}

async function diskBytes(folders: readonly string[]): Promise<number> {
  const seen = new Set<number>()
  let bytes = 0
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const { ino, blocks } = await stat(join(entry.parentPath, entry.name))
      if (seen.has(ino)) continue
      seen.add(ino)
      bytes += blocks * BLOCK
    }
  }
  return bytes
}
