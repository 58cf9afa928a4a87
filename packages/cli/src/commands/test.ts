import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { TestEvent, TestResult } from '@lathe/shared'
import { collectReport, junitOf } from '@lathe/shared/test-run-report'
import type { Invocation } from '../command.ts'
import { fileOf, nameOf, target } from '../folder.ts'
import { plain } from '../plain.ts'
import { UsageError } from '../usage-error.ts'

/** Runs all tests of the app, or the cases of the named functions and the named files of tests. */
export async function run({ words: given, options, answer }: Invocation): Promise<number> {
  const words = given.map(nameOf)
  const { api, appid } = await target(options)
  const files = words.filter((name) => name.endsWith('.test')).map((name) => ({ name }))
  const functions = words.filter((name) => !name.endsWith('.test'))
  const input = {
    appid,
    target: options.live ? 'live' : 'draft',
    ...(words.length > 0 ? { only: { functions, files } } : {}),
  }
  const report = await collectReport(api.events<TestEvent>('tests.run', input))
  const { passed, failed, skipped } = report.counts
  // A misspelt name must not make a job green.
  if (words.length > 0 && passed + failed + skipped === 0) {
    throw new UsageError(`${words.join(', ')}: the app has no tests of that name.`)
  }
  if (typeof options.junit === 'string') {
    await mkdir(dirname(options.junit), { recursive: true })
    await writeFile(options.junit, junitOf(report))
  }
  const lines = [
    ...report.cases.map(({ state, functionName, name, error, checks }) =>
      line(state, functionName, name, [error, ...checks.map((one) => (one.passed ? null : one.message))]),
    ),
    ...report.tests
      .filter(({ kind }) => kind === 'test')
      .map(({ state, file, name, failure }) =>
        line(state, file, name, [failure?.message ?? null, placeOf(failure)]),
      ),
    `${passed} passed, ${failed} failed, ${skipped} skipped in ${Math.round(report.durationMs)} ms`,
  ]
  answer(report, lines.join('\n'))
  return report.passed ? 0 : 1
}

/** As compilers write it, so that editors and CI find the place. */
function placeOf(failure: TestResult['failure']): string | null {
  if (!failure?.place) return null
  const { file, line, column } = failure.place
  return `at ${fileOf(file.replace(/\.ts$/, ''))}:${line}:${column}`
}

function line(state: string, owner: string, name: string, why: (string | null)[]): string {
  const reasons = why.filter((reason) => reason !== null && reason !== '')
  const text = [`${state.padEnd(7)} ${owner}: ${name}`, ...reasons].join('\n')
  return plain(text).replaceAll('\n', '\n        ')
}
