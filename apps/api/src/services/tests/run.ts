import { randomUUID } from 'node:crypto'
import type { TestCounts, TestEvent, testInputs } from '@lathe/shared'
import type { z } from 'zod'
import { AsyncQueue } from '../../async-queue.ts'
import type { Context } from '../../context.ts'
import { Judge } from '../../judge/judge.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { caseGroups } from './case-groups.ts'
import { choiceOf } from './choice.ts'
import { runCases } from './run-cases.ts'
import { runFiles } from './run-files.ts'
import { readSuite } from './suite.ts'

type Input = z.infer<typeof testInputs.run>

/**
 * Runs an app's tests, cases and files, and tells of each result as it comes. Ends with the caller, and then frees
 * whatever it holds.
 */
export async function* runTests(
  request: SignedRequest,
  input: Input,
  signal: AbortSignal | undefined,
): AsyncGenerator<TestEvent, void> {
  const app = livingAppOf(request, input.appid)
  if (app.state === 'stopped') {
    throw new Refusal('APP_NOT_RUNNING', 'The app is stopped: start it.', { phase: app.phase })
  }
  yield* testEvents(request.context, app, input, signal)
}

/** @param instead sources to be tried in place of what is saved, by function */
export async function* testEvents(
  context: Context,
  app: AppDoc,
  { target, only }: Pick<Input, 'target' | 'only'>,
  signal: AbortSignal | undefined,
  instead: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<TestEvent, void> {
  const startedAt = performance.now()
  const suite = await readSuite(context.mongo, app._id, target, instead)
  const { cases: chosen, files } = choiceOf(suite, only)
  const groups = await caseGroups(context.mongo, app._id, chosen)
  const over = new AbortController()
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  const events = new AsyncQueue<TestEvent>()
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 }
  const cases = groups.reduce((sum, group) => sum + group.cases.length, 0)
  events.push({ type: 'begin', runId: randomUUID(), cases, files: files.names })
  const tell = (event: TestEvent) => {
    count(counts, event)
    events.push(event)
  }
  const work = async () => {
    await using judge = new Judge()
    await Promise.all([
      runCases(context, app, groups, target, instead, { judge, signal: either, tell }),
      runFiles(context, app, suite, files, tell, either),
    ])
    // A part of the tests, or the tests of what is about to be published, say nothing of the app as it is.
    if (only === undefined && instead.size === 0 && !either.aborted) await remember(context, app._id, counts)
    events.push({ type: 'end', counts, durationMs: Math.round(performance.now() - startedAt) })
  }
  const working = work().finally(() => events.end())
  working.catch(() => {}) // thrown below
  try {
    yield* events
    await working
  } finally {
    over.abort()
    // Only when nothing of it is left is the run over for whoever waits for its end.
    await working.catch(() => {})
  }
}

/** For the team's dashboard. */
async function remember({ mongo }: Context, appid: string, counts: TestCounts): Promise<void> {
  await mongo.apps.updateOne({ _id: appid }, { $set: { lastTests: { ...counts, at: new Date() } } })
}

/** Suites are no tests: what fails in them does. */
function count(counts: TestCounts, event: TestEvent): void {
  if (event.type === 'case') counts[event.result.state]++
  if (event.type !== 'test' || event.result.kind === 'suite' || event.result.state === 'running') return
  counts[event.result.state]++
}
