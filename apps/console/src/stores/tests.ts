import type { CaseResult, FunctionCoverage, LogLine, TestCounts, TestResult, TestTarget } from '@lathe/shared'
import { create } from 'zustand'

/** What is known of one app's tests since the page was opened. */
export interface TestsView {
  /** Names the newest run: what an older one still says is not heard. */
  runId: number
  running: boolean
  /** Files and cases that the run has yet to tell of. */
  waiting: boolean
  cases: Record<string, CaseResult>
  /** Of files of tests, in the order of their beginning. */
  results: TestResult[]
  lines: LogLine[]
  coverage: FunctionCoverage[]
  counts: TestCounts | null
  durationMs: number
  error: string | null
}

export const noTests: TestsView = {
  runId: 0,
  running: false,
  waiting: false,
  cases: {},
  results: [],
  lines: [],
  coverage: [],
  counts: null,
  durationMs: 0,
  error: null,
}

interface Tests {
  byApp: Record<string, TestsView>
  target: TestTarget
  /** Tests that a saved change affects run by themselves. */
  watch: boolean
  /** The row that is shown in full: the id of a case, or `<file>#<id>` of a test. */
  selected: string | null
  /** The case whose name is to be typed. */
  naming: string | null
}

export const useTests = create<Tests>()(() => ({
  byApp: {},
  target: 'draft',
  watch: false,
  selected: null,
  naming: null,
}))

export const MAX_TEST_LINES = 5_000

export function changeTests(appid: string, change: (view: TestsView) => Partial<TestsView>): void {
  useTests.setState(({ byApp }) => {
    const view = byApp[appid] ?? noTests
    return { byApp: { ...byApp, [appid]: { ...view, ...change(view) } } }
  })
}

export const testKey = ({ file, id }: Pick<TestResult, 'file' | 'id'>) => `${file}#${id}`
