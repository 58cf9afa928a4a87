import { randomUUID } from 'node:crypto'
import type { FunctionUnit, TestEvent } from '@lathe/shared'
import type { Context } from '../../context.ts'
import type { TestDone } from '../../control/runtime-channel.ts'
import { randomToken } from '../../hash.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { createTestDatabase } from '../../mongo/test-database.ts'
import { Refusal } from '../../refusal.ts'
import { envValues } from '../env/values.ts'
import { coverageOf } from './coverage.ts'
import { reachedBy } from './import-graph.ts'
import { ReportTree } from './report-tree.ts'
import type { Suite } from './suite.ts'

/** For all files of one run. */
const RUN_MS = 10 * 60_000
const LEASE_MS = 2 * RUN_MS
const SYNC_MS = 30_000

export interface ChosenFiles {
  names: string[]
  /** Full names of the only tests to run; null: all of them. */
  tests: string[] | null
}

/**
 * Runs files of tests in a runtime and a database of their own, which end with the run, however it ends. What stands in
 * the app's own database is out of their reach.
 */
export async function runFiles(
  context: Context,
  app: AppDoc,
  suite: Suite,
  { names, tests }: ChosenFiles,
  tell: (event: TestEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  if (names.length === 0) return
  const { mongo, secrets, env, reconciler, logs } = context
  await using database = await createTestDatabase(mongo, env.MONGODB_URL, app._id, LEASE_MS)
  await using side = await reconciler.sides.start(app, { purpose: 'test', databaseUrl: database.url }, signal)
  const { files, functions, problems } = parted(suite, names)
  const tree = new ReportTree((result) => tell({ type: 'test', result }))
  for (const { name, problem } of problems) tree.broken(name, { message: problem, stack: '' })
  const runId = randomUUID()
  const unsubscribe = logs.subscribe(app._id, {
    line: (_id, line) => {
      if (line.runId === runId) tell({ type: 'log', line })
    },
  })
  try {
    const channel = side.channel()
    await channel.synced(functions, await envValues(mongo, secrets, app._id), SYNC_MS)
    signal.throwIfAborted()
    const done = Promise.withResolvers<TestDone>()
    channel.test(
      { runId, runToken: randomToken(), files, names: tests },
      { reports: (reports) => tree.add(reports), done: done.resolve },
    )
    const end = await Promise.race([
      done.promise,
      side.exited.then(({ how, stderr }) => `The runtime of the tests ended (${how}). ${lastLine(stderr)}`),
      over(signal),
    ])
    if (typeof end === 'string') return tree.unfinished(end)
    for (const { name, message, stack = '' } of end.errors) tree.broken(name, { message, stack })
    const reached = new Set(names.flatMap((name) => [...reachedBy(suite, name)]))
    tell({ type: 'coverage', functions: coverageOf(end.coverage, suite, reached) })
  } finally {
    unsubscribe()
  }
}

/** Files that cannot even be begun with, because they or what they import do not compile, are told apart. */
function parted(suite: Suite, names: string[]) {
  const files: FunctionUnit[] = []
  const problems: { name: string; problem: string }[] = []
  for (const name of names) {
    const module = suite.get(name)
    const broken = [name, ...reachedBy(suite, name)].find((one) => suite.get(one)?.problem)
    const problem = broken && suite.get(broken)?.problem
    if (problem) problems.push({ name, problem })
    else if (module?.unit) files.push(module.unit)
  }
  const functions = [...suite.values()].flatMap(({ name, unit }) =>
    unit && !name.endsWith('.test') ? [unit] : [],
  )
  return { files, functions, problems }
}

function over(signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = AbortSignal.timeout(RUN_MS)
    late.addEventListener('abort', () => resolve(`The tests did not end within ${RUN_MS / 60_000} minutes.`))
    const cancelled = () => reject(new Refusal('RUNTIME_UNAVAILABLE', 'The run of the tests was cancelled.'))
    if (signal.aborted) cancelled()
    signal.addEventListener('abort', cancelled, { once: true })
  })
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}
