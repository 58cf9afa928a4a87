import { fileURLToPath } from 'node:url'
import type { RawLoadError, RawTestReport, ToKeeper, ToMain } from '../bridge/protocol.ts'
import type { LiveSet } from '../live-set.ts'
import type { Reporter } from '../observe/reporter.ts'
import type { Coverage } from './coverage.ts'
import { failureOf } from './failure.ts'
import { LOAD_TEST_FILES } from './load-hook.ts'

const BATCH_MS = 30

interface Parts {
  functions: LiveSet
  reporter: Reporter
  coverage: Coverage
}

/** The part of the events of Node's test runner that is used here. */
interface NodeTestData {
  name: string
  testId: number
  parentId: number
  type?: string
  file?: string
  line?: number
  column?: number
  skip?: string | boolean
  todo?: string | boolean
  details?: { duration_ms: number; type?: string; passed?: boolean; error?: unknown }
}

/**
 * Runs files of tests by Node's own test runner, in this thread and beside the functions that they import and call.
 * Once per process: Node's runner keeps state of its own, and what tests leave behind goes with the process.
 */
export async function runTests(
  { functions, reporter, coverage }: Parts,
  { runId, runToken, files, names }: Extract<ToMain, { type: 'test' }>,
): Promise<void> {
  const { beforeEach, getTestContext, run } = await import('node:test')
  let errors: RawLoadError[] = []
  let latest: string | undefined
  reporter.currentTest = () => getTestContext()?.fullName ?? latest
  const hooks = globalThis as Record<symbol, unknown>
  hooks[LOAD_TEST_FILES] = async () => {
    delete hooks[LOAD_TEST_FILES]
    // Lines of functions that a test calls over HTTP are written outside of its context.
    beforeEach((context) => {
      latest = (context as { fullName?: string }).fullName
    })
    errors = await functions.run(runId, runToken, files, 'http')
    // Node's runner takes an idle event loop for the end of a file, and this process listens: say that all are loaded.
    setImmediate(() => process.emit('beforeExit', 0))
  }
  const entry = fileURLToPath(new URL('./test-files.js', import.meta.url))
  const reports = new Batches((batch) => reporter.send({ type: 'test-reports', runId, reports: batch }))
  const events = run({
    files: [entry],
    isolation: 'none',
    ...(names ? { testNamePatterns: names.map((name) => new RegExp(`^${RegExp.escape(name)}$`)) } : {}),
  })
  for await (const { type, data } of events as AsyncIterable<{ type: string; data: NodeTestData }>) {
    if (data.name === entry) continue // stands for a run without a single test
    if (type === 'test:dequeue') reports.push(reportOf(data, 'running'))
    if (type === 'test:complete') reports.push(reportOf(data, stateOf(data)))
  }
  reports.flush()
  reporter.flush()
  const done: ToKeeper = { type: 'test-done', runId, errors, coverage: await coverage.take() }
  reporter.send(done)
}

function stateOf({ skip, todo, details }: NodeTestData): RawTestReport['state'] {
  if (skip !== undefined || todo !== undefined) return 'skipped'
  return details?.passed ? 'passed' : 'failed'
}

function reportOf(data: NodeTestData, state: RawTestReport['state']): RawTestReport {
  const { name, testId, parentId, file, line, column, details } = data
  return {
    id: testId,
    parentId,
    name,
    kind: (details?.type ?? data.type) === 'suite' ? 'suite' : 'test',
    state,
    durationMs: details?.duration_ms ?? 0,
    place: file === undefined ? null : `${file}:${line ?? 1}:${column ?? 1}`,
    failure: state === 'failed' ? failureOf(details?.error) : null,
  }
}

/** Reports go out together: a thousand tests must not be a thousand messages. */
class Batches {
  readonly #send: (batch: RawTestReport[]) => void
  #batch: RawTestReport[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(send: (batch: RawTestReport[]) => void) {
    this.#send = send
  }

  push(report: RawTestReport): void {
    this.#batch.push(report)
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS)
  }

  flush(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#batch.length > 0) this.#send(this.#batch)
    this.#batch = []
  }
}
