// What the tests need of the system: finds it, or installs it from Debian's packages where that is allowed.
import { execFileSync } from 'node:child_process'
import { run } from './prepare.mjs'

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

function onPath(command) {
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', command], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

/** Installs a Debian package if this is a Debian and we may; false when not. */
async function install(name) {
  if (!onPath('apt-get') || process.getuid?.() !== 0) return false
  process.stdout.write(`Installing ${name} for the tests (apt-get install ${name}) ...\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await run('apt-get', ['update', '-qq'], { env, quiet: true })
  await run('apt-get', ['install', '-y', '-qq', name], { env, quiet: true })
  return true
}

/**
 * The Chromium that the journeys drive.
 * @returns its path: `CHROMIUM_PATH`, else the first of the usual names
 * @throws when there is none and none could be installed; the message says what to install
 */
export async function findBrowser() {
  const found = () => process.env.CHROMIUM_PATH || BROWSERS.map(onPath).find(Boolean)
  const path = found() || ((await install('chromium')) && found())
  if (path) return path
  throw new Error(
    'The browser journeys need Chromium: install it (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH to the program.',
  )
}

/** bubblewrap, the stronger isolation of runtimes. Without it the tests run with Node's permission model alone. */
export async function findBubblewrap() {
  if (onPath('bwrap')) return
  const installed = await install('bubblewrap').catch(() => false)
  if (!installed) {
    process.stdout.write(
      'No bubblewrap here: what needs it is not tested (Debian: sudo apt-get install bubblewrap).\n',
    )
  }
}
