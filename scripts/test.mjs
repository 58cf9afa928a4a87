// `npm test`: everything that proves Lathe, and what CI runs. All steps run, so that one report shows all that is wrong.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { audit } from './lib/audit.mjs'
import { findBrowser, findBubblewrap } from './lib/debian.mjs'
import { fail, pnpm, prepare, run, toolEnv } from './lib/prepare.mjs'

const results = mkdtempSync(join(tmpdir(), 'lathe-test-'))
const unitReport = join(results, 'unit.json')
const browserReport = join(results, 'browser.json')
const failures = []

async function step(name, work) {
  process.stdout.write(`\n=== ${name}\n`)
  const startedAt = Date.now()
  try {
    await work()
    process.stdout.write(`=== ${name}: good (${Math.round((Date.now() - startedAt) / 1000)} s)\n`)
  } catch (error) {
    failures.push(name)
    process.stdout.write(`=== ${name}: FAILED. ${error.message}\n`)
  }
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

/** The runners' own counts, last, so that whoever reads only the end of a log sees them. */
function summary() {
  const unit = readJson(unitReport)
  const browser = readJson(browserReport)?.stats
  const rows = []
  if (unit) {
    rows.push({
      name: 'vitest',
      passed: unit.numPassedTests,
      failed: unit.numFailedTests,
      skipped: unit.numPendingTests + unit.numTodoTests,
    })
  }
  if (browser) {
    rows.push({
      name: 'playwright',
      passed: browser.expected,
      failed: browser.unexpected + browser.flaky,
      skipped: browser.skipped,
    })
  }
  process.stdout.write(failures.length ? `\nFailed: ${failures.join(', ')}\n` : '\nAll good.\n')
  for (const { name, passed, failed, skipped } of rows) {
    process.stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  }
}

try {
  await prepare()
  const browser = await findBrowser()
  await findBubblewrap()
  const env = { ...toolEnv, CHROMIUM_PATH: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: browserReport }
  await step('Lint', async () => {
    await run('biome', ['check', '.'])
    await run('knip', [])
    await run('sherif', [])
  })
  await step('Advisories', audit)
  await step('Types', () =>
    pnpm(['exec', 'turbo', 'run', 'typecheck', '--output-logs=errors-only', '--ui=stream']),
  )
  await step('Unit and integration tests', () =>
    run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`], {
      env,
    }),
  )
  await step('Browser journeys', () => run('playwright', ['test', '-c', 'e2e/playwright.config.ts'], { env }))
  summary()
  if (failures.length) process.exitCode = 1
} catch (error) {
  fail(error)
} finally {
  rmSync(results, { recursive: true, force: true })
}
