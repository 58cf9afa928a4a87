import type { FailedTest, TestEvent } from '@lathe/shared'
import { compile } from '../../compile/compile.ts'
import type { Context } from '../../context.ts'
import type { AppDoc } from '../../mongo/documents.ts'
import { Refusal } from '../../refusal.ts'
import { testEvents } from './run.ts'

/** Failed tests that a refusal names. */
const NAMED = 50

/**
 * Where an app's tests have to pass: runs those that publishing these sources would affect, as everything would be
 * afterwards.
 * @param sources what is to be published, by function
 * @throws Refusal TESTS_FAILED naming the tests; COMPILE_ERROR; APP_NOT_RUNNING when there are tests that cannot run
 */
export async function requirePassingTests(
  context: Context,
  app: AppDoc,
  sources: ReadonlyMap<string, string>,
): Promise<void> {
  if (!app.testsGatePublish) return
  for (const [name, source] of sources) await compile(name, source)
  const failed: FailedTest[] = []
  let count = 0
  const asLive = { target: 'live' as const, only: { affectedBy: [...sources.keys()] } }
  for await (const event of testEvents(context, app, asLive, undefined, sources)) {
    if (event.type === 'end') count = event.counts.failed
    const one = failedTest(event)
    if (one && failed.length < NAMED) failed.push(one)
  }
  const [first] = failed
  if (!first) return
  const what = count === 1 ? '1 test fails' : `${count} tests fail`
  const message = `${what} with this change, and this app publishes only what passes: ${first.name}: ${first.message}`
  throw new Refusal('TESTS_FAILED', message, { failed })
}

/** What a failed test is told as; null for everything else. */
export function failedTest(event: TestEvent): FailedTest | null {
  if (event.type === 'case' && event.result.state === 'failed') {
    const { id, functionName, name, checks, error } = event.result
    const message = error ?? checks.find(({ passed }) => !passed)?.message ?? ''
    return { caseId: id, owner: functionName, name, message, place: null }
  }
  if (event.type !== 'test' || event.result.state !== 'failed' || event.result.kind === 'suite') return null
  const { file, name, failure, place } = event.result
  return {
    caseId: null,
    owner: file,
    name,
    message: failure?.message ?? '',
    place: failure?.place ?? place,
  }
}
