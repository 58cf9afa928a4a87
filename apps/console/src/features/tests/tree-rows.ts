import { type CaseResult, type CaseView, isTestFile, type TestResult, type TestState } from '@lathe/shared'
import { type TestsView, testKey } from '../../stores/tests.ts'

export type RowState = TestState | 'running' | 'none'

/** A visible row of the tree of tests. */
export interface TestRow {
  key: string
  kind: 'function' | 'file' | 'case' | 'suite' | 'test'
  label: string
  /** The function or file that it belongs to. */
  owner: string
  depth: number
  state: RowState
  durationMs: number | null
  open: boolean
  case?: CaseView
  caseResult?: CaseResult | undefined
  result?: TestResult
}

/** Cases below their functions, tests below their files and suites; what is closed hides what is below it. */
export function testRows(
  cases: CaseView[],
  files: string[],
  view: TestsView,
  closed: ReadonlySet<string>,
): TestRow[] {
  const rows: TestRow[] = []
  for (const [owner, list] of Map.groupBy(cases, ({ functionName }) => functionName)) {
    const below = list.map((one): TestRow => {
      const result = view.cases[one.id]
      return {
        key: one.id,
        kind: 'case',
        label: one.name,
        owner,
        depth: 1,
        state: result?.state ?? (view.running && view.waiting ? 'running' : 'none'),
        durationMs: result?.durationMs ?? null,
        open: false,
        case: one,
        caseResult: result,
      }
    })
    rows.push(...folded(group('function', owner, below), below, closed))
  }
  const byFile = Map.groupBy(view.results, ({ file }) => file)
  for (const file of [...files, ...[...byFile.keys()].filter((name) => !files.includes(name))].sort()) {
    const below = resultRows(byFile.get(file) ?? [], null, 1, closed)
    rows.push(...folded(group('file', file, below), below, closed))
  }
  return rows
}

export const testFilesOf = (names: Iterable<string>) => [...names].filter(isTestFile)

function resultRows(
  results: TestResult[],
  parent: string | null,
  depth: number,
  closed: ReadonlySet<string>,
): TestRow[] {
  return results
    .filter((result) => result.parent === parent)
    .flatMap((result) => {
      const below = resultRows(results, result.id, depth + 1, closed)
      const row: TestRow = {
        key: testKey(result),
        kind: below.length > 0 ? 'suite' : result.kind,
        label: result.name,
        owner: result.file,
        depth,
        state: result.state,
        durationMs: result.state === 'running' ? null : result.durationMs,
        open: true,
        result,
      }
      return folded(row, below, closed)
    })
}

function folded(row: TestRow, below: TestRow[], closed: ReadonlySet<string>): TestRow[] {
  const isOpen = !closed.has(row.key)
  return [{ ...row, open: isOpen }, ...(isOpen ? below : [])]
}

function group(kind: 'function' | 'file', owner: string, below: TestRow[]): TestRow {
  const direct = below.filter(({ depth }) => depth === 1)
  const known = direct.filter(({ durationMs }) => durationMs !== null)
  return {
    key: `${kind}:${owner}`,
    kind,
    label: owner,
    owner,
    depth: 0,
    state: worst(direct.map(({ state }) => state)),
    durationMs: known.length > 0 ? known.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0) : null,
    open: true,
  }
}

/** What stands for many: what runs, else what failed, else what was not run. */
export function worst(states: RowState[]): RowState {
  for (const state of ['running', 'failed', 'none', 'passed'] as const)
    if (states.includes(state)) return state
  return states.length > 0 ? 'skipped' : 'none'
}
