// `npm run bench`: installs and builds what is missing, then measures Lathe beside its peers (bench/README.md).
import { findBrowser } from './lib/debian.mjs'
import { fail, prepare, run, toolEnv } from './lib/prepare.mjs'

try {
  await prepare()
  const env = { ...toolEnv, CHROMIUM_PATH: await findBrowser() }
  await run('node', ['bench/main.ts', ...process.argv.slice(2)], { env })
} catch (error) {
  fail(error)
}
