import { randomUUID } from 'node:crypto'
import type { TestCounts, TestEvent, testInputs } from '@lathe/shared'
import type { z } from 'zod'
import { AsyncQueue } from '../../async-queue.ts'
import { Judge } from '../../judge/judge.ts'
import type { SignedRequest } from '../../request-context.ts'
import { livingAppOf } from '../apps/scope.ts'
import { caseGroups } from './case-groups.ts'
import { runCases } from './run-cases.ts'

/**
 * Runs an app's tests and tells of each result as it comes. Ends with the caller, and then frees whatever it holds.
 */
export async function* runTests(
  request: SignedRequest,
  input: z.infer<typeof testInputs.run>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TestEvent, void> {
  const { context } = request
  const app = livingAppOf(request, input.appid)
  const groups = await caseGroups(context.mongo, app._id, input)
  const startedAt = performance.now()
  const over = new AbortController()
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  const events = new AsyncQueue<TestEvent>()
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 }
  const runId = randomUUID()
  events.push({ type: 'begin', runId, cases: groups.reduce((sum, { cases }) => sum + cases.length, 0) })
  const work = async () => {
    await using judge = new Judge()
    await runCases(context, app, groups, input.target, {
      judge,
      signal: either,
      tell: (event) => {
        if (event.type === 'case') counts[event.result.state]++
        events.push(event)
      },
    })
    events.push({ type: 'end', counts, durationMs: Math.round(performance.now() - startedAt) })
  }
  const working = work().finally(() => events.end())
  working.catch(() => {}) // thrown below
  try {
    yield* events
    await working
  } finally {
    over.abort()
  }
}
