// Finds the Chromium that the journeys drive; installs Debian's where that is possible.
import { execFileSync } from 'node:child_process'
import { run } from './prepare.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

function onPath(command) {
  try {
    return execFileSync('sh', ['-c', 'command -v "$1"', 'sh', command], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

/**
 * @returns the path of a Chromium: `CHROMIUM_PATH`, else the first of the usual names
 * @throws when there is none and none could be installed; the message says what to install
 */
export async function findBrowser() {
  const found = () => process.env.CHROMIUM_PATH || NAMES.map(onPath).find(Boolean)
  const first = found()
  if (first) return first
  if (onPath('apt-get') && process.getuid?.() === 0) {
    process.stdout.write('Installing Chromium for the browser journeys (apt-get install chromium) ...\n')
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-get', ['update', '-qq'], { env, quiet: true })
    await run('apt-get', ['install', '-y', '-qq', 'chromium'], { env, quiet: true })
    const installed = found()
    if (installed) return installed
  }
  throw new Error(
    'The browser journeys need Chromium: install it (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH to the program.',
  )
}
