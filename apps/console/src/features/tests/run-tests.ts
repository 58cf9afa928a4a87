import type { FailedTest, TestEvent, testInputs } from '@lathe/shared'
import type { z } from 'zod'
import { errorText } from '../../data/errors.ts'
import { api } from '../../data/trpc.ts'
import { useEditorBridge } from '../../stores/editor-bridge.ts'
import { changeTests, MAX_TEST_LINES, noTests, type TestsView, useTests } from '../../stores/tests.ts'

export type Only = z.input<typeof testInputs.run>['only']

/** Events are shown in gusts: a thousand results in a second must not render a thousand times. */
const GUST_MS = 60

const ends = new Map<string, () => void>()
let lastRun = 0

/** Runs an app's tests, or only these, and shows each result as it comes. What runs already is ended. */
export async function startTests(appid: string, only?: Only): Promise<void> {
  cancelTests(appid)
  const runId = ++lastRun
  const mine = (change: (view: TestsView) => Partial<TestsView>) =>
    changeTests(appid, (view) => (view.runId === runId ? change(view) : {}))
  changeTests(appid, () => ({ runId, running: true, waiting: true, counts: null, error: null, lines: [] }))
  // The server tries what it has: everything that was typed must be there.
  await useEditorBridge.getState().flushAll()
  let gust: TestEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const blow = () => {
    clearTimeout(timer)
    timer = undefined
    const events = gust
    gust = []
    if (events.length > 0) mine((view) => events.reduce(taken, view))
  }
  const over = (error: string | null) => {
    blow()
    mine(({ error: known }) => ({ running: false, waiting: false, error: error ?? known }))
    if (ends.get(appid) === end) ends.delete(appid)
  }
  const subscription = api.tests.run.subscribe(
    { appid, target: useTests.getState().target, ...(only ? { only } : {}) },
    {
      onData: (event) => {
        gust.push(event)
        timer ??= setTimeout(blow, GUST_MS)
      },
      onComplete: () => over(null),
      onError: (error) => over(errorText(error)),
    },
  )
  const end = () => {
    subscription.unsubscribe()
    over(null)
  }
  ends.set(appid, end)
}

export function cancelTests(appid: string): void {
  ends.get(appid)?.()
}

function taken(view: TestsView, event: TestEvent): TestsView {
  switch (event.type) {
    case 'begin': {
      // What is not run again stays as it was.
      const again = new Set(event.files)
      return { ...view, results: view.results.filter(({ file }) => !again.has(file)) }
    }
    case 'case':
      return { ...view, waiting: false, cases: { ...view.cases, [event.result.id]: event.result } }
    case 'test': {
      const { result } = event
      const at = view.results.findIndex(({ id, file }) => id === result.id && file === result.file)
      const results = at < 0 ? [...view.results, result] : view.results.with(at, result)
      return { ...view, waiting: false, results }
    }
    case 'log':
      return { ...view, lines: [...view.lines, event.line].slice(-MAX_TEST_LINES) }
    case 'coverage':
      return { ...view, coverage: event.functions }
    case 'end':
      return { ...view, counts: event.counts, durationMs: event.durationMs }
  }
}

/** Full names of a file's tests as Node's runner takes them: suites and test, joined by spaces. */
export function fullName(view: TestsView, file: string, id: string): string {
  const of = (one: string) => view.results.find((result) => result.file === file && result.id === one)
  const names: string[] = []
  for (let at = of(id); at; at = at.parent === null ? undefined : of(at.parent)) names.unshift(at.name)
  return names.join(' ')
}

/** What to run to see again what failed. */
export function failedOnly(view: TestsView = noTests): NonNullable<Only> {
  const failed = view.results.filter(({ state, kind }) => state === 'failed' && kind === 'test')
  const files = Map.groupBy(failed, ({ file }) => file)
  return {
    cases: Object.values(view.cases)
      .filter(({ state }) => state === 'failed')
      .map(({ id }) => id),
    files: [...files].map(([name, results]) => {
      // A file that could not be loaded has no tests to name.
      const isBroken = results.some(({ id }) => id.startsWith('file:'))
      return isBroken ? { name } : { name, tests: results.map(({ id }) => fullName(view, name, id)) }
    }),
  }
}

/** The tests that a refused publish names. */
export function onlyFailed(failed: FailedTest[]): NonNullable<Only> {
  const files = new Set(failed.flatMap(({ caseId, owner }) => (caseId === null && owner ? [owner] : [])))
  return {
    cases: failed.flatMap(({ caseId }) => (caseId === null ? [] : [caseId])),
    files: [...files].map((name) => ({ name })),
  }
}
