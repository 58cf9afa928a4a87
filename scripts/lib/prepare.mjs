// Brings a fresh checkout to the point where its programs can run: installed and built.
// Runs on any Node >= 20 with npm, before anything is installed, so it uses nothing but Node itself.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
const bin = join(root, 'node_modules', '.bin')

/** The environment in which our tools run: Node 26 and the workspace's binaries first in PATH. */
export const toolEnv = {
  ...process.env,
  PATH: bin + delimiter + process.env.PATH,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
}

/** Runs a command in the project's root with its output shown; rejects with a one-line reason. */
export function run(command, args, { env = toolEnv, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)))
    child.on('exit', (code, signal) => {
      if (code === 0) return resolve()
      reject(
        new Error(
          `${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}${output ? `\n${output}` : ''}`,
        ),
      )
    })
  })
}

/** pnpm in the pinned version, which no machine needs to have: npx brings it, and puts it into PATH for turbo. */
export function pnpm(args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return run('npx', ['--yes', packageManager, ...args], { env: { ...toolEnv, CI: 'true' } })
}

function filesBelow(folder, wanted, found = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.startsWith('.')) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) filesBelow(path, wanted, found)
    else if (wanted(path)) found.push(path)
  }
  return found
}

/** A step that is skipped while what it was made from is unchanged. */
async function step(name, stampFile, fingerprint, work) {
  const stamp = join(root, 'node_modules', stampFile)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  process.stdout.write(`${name}\n`)
  await work()
  writeFileSync(stamp, fingerprint)
}

async function install() {
  const manifests = filesBelow(root, (path) =>
    /(package\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml)$/.test(path),
  ).sort()
  const hash = createHash('sha256')
  for (const path of manifests) hash.update(path.slice(root.length)).update(readFileSync(path))
  await step(
    'Installing packages (the first time takes a minute) ...',
    '.lathe-installed',
    hash.digest('hex'),
    () => pnpm(['install', '--frozen-lockfile']),
  )
  if (!existsSync(join(bin, 'node')) && Number(process.versions.node.split('.')[0]) < 26) {
    throw new Error(
      `Lathe needs Node 26, and no package carries it for ${process.platform}-${process.arch}: install Node 26 and start again.`,
    )
  }
}

async function build() {
  const sources = ['apps', 'packages', 'scripts'].flatMap((folder) =>
    filesBelow(join(root, folder), (path) => !/[/\\]test[/\\]/.test(path)),
  )
  sources.push(join(root, 'pnpm-lock.yaml'), join(root, 'tsconfig.base.json'))
  const hash = createHash('sha256')
  for (const path of sources.sort()) {
    const { size, mtimeMs } = statSync(path)
    hash.update(`${path} ${size} ${mtimeMs}\n`)
  }
  await step('Building ...', '.lathe-built', hash.digest('hex'), () =>
    pnpm(['exec', 'turbo', 'run', 'build', '--output-logs=new-only', '--ui=stream']),
  )
}

/** Installs and builds what is not installed and built yet. Cheap (tens of milliseconds) when all is there. */
export async function prepare() {
  if (process.platform === 'win32') {
    throw new Error('Lathe runs on Linux and macOS; on Windows use WSL 2.')
  }
  await install()
  await build()
}

/** Ends the process with one line for the reader and a code that is not 0. */
export function fail(error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
