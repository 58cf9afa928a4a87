import type { CaseResult, TestCounts, TestEvent, TestResult } from './tests.ts'

/** Everything that came of a run of tests, in one piece: the JSON export, and what JUnit's XML is made of. */
export interface TestRunReport {
  passed: boolean
  counts: TestCounts
  durationMs: number
  cases: CaseResult[]
  tests: TestResult[]
}

export async function collectReport(events: AsyncIterable<TestEvent>): Promise<TestRunReport> {
  const cases: CaseResult[] = []
  const tests = new Map<string, TestResult>()
  let counts: TestCounts = { passed: 0, failed: 0, skipped: 0 }
  let durationMs = 0
  for await (const event of events) {
    if (event.type === 'case') cases.push(event.result)
    else if (event.type === 'test') tests.set(`${event.result.file}#${event.result.id}`, event.result)
    else if (event.type === 'end') ({ counts, durationMs } = event)
  }
  return { passed: counts.failed === 0, counts, durationMs, cases, tests: [...tests.values()] }
}

/**
 * The report as JUnit's XML, which CI systems read: a `testsuite` per function with cases and per file of tests.
 * https://github.com/testmoapp/junitxml
 */
export function junitOf(report: TestRunReport): string {
  const suites = [
    ...[...Map.groupBy(report.cases, ({ functionName }) => functionName)].map(([name, list]) =>
      suite(name, list.map(caseElement), list),
    ),
    ...[
      ...Map.groupBy(
        report.tests.filter(({ kind }) => kind === 'test'),
        ({ file }) => file,
      ),
    ].map(([name, list]) =>
      suite(
        name,
        list.map((one) => testElement(report, one)),
        list,
      ),
    ),
  ]
  const { passed, failed, skipped } = report.counts
  const totals = `tests="${passed + failed + skipped}" failures="${failed}" skipped="${skipped}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="Lathe" ${totals} time="${seconds(report.durationMs)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(name: string, elements: string[], list: { state: string; durationMs: number }[]): string {
  const of = (state: string) => list.filter((one) => one.state === state).length
  const time = seconds(list.reduce((sum, { durationMs }) => sum + durationMs, 0))
  const head = `name="${escaped(name)}" tests="${list.length}" failures="${of('failed')}" skipped="${of('skipped')}"`
  return [`  <testsuite ${head} time="${time}">`, ...elements, '  </testsuite>'].join('\n')
}

function caseElement({ functionName, name, durationMs, state, checks, error }: CaseResult): string {
  const wrong = checks.filter(({ passed }) => !passed)
  const texts = wrong.map(({ kind, subject, message, expected, actual }) =>
    [`${kind} ${subject} ${message}`.trim(), ...sides(expected, actual)].join('\n'),
  )
  const message = error ?? wrong[0]?.message ?? ''
  return element(functionName, name, durationMs, state, message, error ?? texts.join('\n\n'))
}

function testElement({ tests }: TestRunReport, one: TestResult): string {
  const parents: string[] = []
  const above = (id: string | null) => tests.find((test) => test.file === one.file && test.id === id)
  for (let at = above(one.parent); at; at = above(at.parent)) parents.unshift(at.name)
  const { file, name, durationMs, state, failure } = one
  const text = failure
    ? [failure.message, ...sides(failure.expected, failure.actual), failure.stack].join('\n')
    : ''
  return element([file, ...parents].join(' > '), name, durationMs, state, failure?.message ?? '', text)
}

function sides(expected: string | null, actual: string | null): string[] {
  return expected === null || actual === null ? [] : [`expected: ${expected}`, `received: ${actual}`]
}

function element(
  className: string,
  name: string,
  durationMs: number,
  state: string,
  message: string,
  text: string,
): string {
  const head = `    <testcase classname="${escaped(className)}" name="${escaped(name)}" time="${seconds(durationMs)}"`
  if (state === 'skipped') return `${head}><skipped/></testcase>`
  if (state !== 'failed') return `${head}/>`
  return `${head}><failure message="${escaped(message.split('\n')[0] ?? '')}">${escaped(text)}</failure></testcase>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** XML 1.0 has no place for most control characters and halves of pairs, however they are escaped. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\x20-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
